/** The command line of the load tester: what every command shares, and the commands' root. */
@NullMarked
package io.eventsync.loadtest;

import org.jspecify.annotations.NullMarked;
