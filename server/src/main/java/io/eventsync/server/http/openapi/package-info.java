/** The HTTP API's description, made from the contract. */
@NullMarked
package io.eventsync.server.http.openapi;

import org.jspecify.annotations.NullMarked;
