/** What the whole node is measured by: the registry, the JVM, the database. Each feature keeps its own meters beside its code. */
@NullMarked
package io.eventsync.server.metrics;

import org.jspecify.annotations.NullMarked;
