/** Publishing: events on their way to the log, over one stream after another. */
@NullMarked
package io.eventsync.client.internal.publish;

import org.jspecify.annotations.NullMarked;
