/** What the client is made of. Not for use outside it: anything here may change in any version. */
@NullMarked
package io.eventsync.client.internal;

import org.jspecify.annotations.NullMarked;
