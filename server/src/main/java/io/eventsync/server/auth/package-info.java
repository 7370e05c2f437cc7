/** Who may do what. */
@NullMarked
package io.eventsync.server.auth;

import org.jspecify.annotations.NullMarked;
