/** The only way out: calls to webhook receivers, closed against addresses that are not public. */
@NullMarked
package io.eventsync.server.egress;

import org.jspecify.annotations.NullMarked;
