/** Settings and where they come from: flags, then environment, then one file, then defaults. Knows no feature. */
@NullMarked
package io.eventsync.server.config;

import org.jspecify.annotations.NullMarked;
