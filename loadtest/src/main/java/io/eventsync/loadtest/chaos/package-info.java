/** Breaks a rig of servers and Postgres by a seeded plan while clients work with it, and judges what they saw. */
@NullMarked
package io.eventsync.loadtest.chaos;

import org.jspecify.annotations.NullMarked;
