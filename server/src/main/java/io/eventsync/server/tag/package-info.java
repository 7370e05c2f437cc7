/** Tags, prefixes of tags, and matching them; pure. */
@NullMarked
package io.eventsync.server.tag;

import org.jspecify.annotations.NullMarked;
