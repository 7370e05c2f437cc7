/** The gRPC edge: protobuf to domain and back, status mapping. The only importer of the generated types. */
@NullMarked
package io.eventsync.server.grpc;

import org.jspecify.annotations.NullMarked;
