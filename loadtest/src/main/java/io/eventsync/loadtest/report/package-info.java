/** Turns the results of benches into a page, a file for scripts and a chart. */
@NullMarked
package io.eventsync.loadtest.report;

import org.jspecify.annotations.NullMarked;
