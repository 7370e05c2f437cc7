/** Secrets at rest: sealed with a key that is not in the database. */
@NullMarked
package io.eventsync.server.secret;

import org.jspecify.annotations.NullMarked;
