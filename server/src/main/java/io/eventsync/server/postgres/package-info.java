/** The Postgres below the log: the embedded server and the schema migrations. */
@NullMarked
package io.eventsync.server.postgres;

import org.jspecify.annotations.NullMarked;
