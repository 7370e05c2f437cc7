/** What a webhook request says: body, headers and signature. Pure, it sends nothing. */
@NullMarked
package io.eventsync.server.webhook;

import org.jspecify.annotations.NullMarked;
