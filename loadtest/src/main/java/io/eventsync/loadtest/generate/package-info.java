/** Makes log entries as a service under use would write them, and puts them on the console, into files or into EventSync. */
@NullMarked
package io.eventsync.loadtest.generate;

import org.jspecify.annotations.NullMarked;
