package io.eventsync.server.grpc;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Message;
import io.eventsync.v1.AdminServiceGrpc;
import io.eventsync.v1.ConsumerServiceGrpc;
import io.eventsync.v1.DeliveryServiceGrpc;
import io.eventsync.v1.EndpointServiceGrpc;
import io.eventsync.v1.EventServiceGrpc;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The methods of one event loop for edges that do not speak gRPC: each call goes the way of a gRPC call from its headers on. */
public final class Calls {
    /** Every method of the contract that takes one message. */
    public static final List<Method> METHODS = Stream.of(
                    EventServiceGrpc.getServiceDescriptor(),
                    ConsumerServiceGrpc.getServiceDescriptor(),
                    EndpointServiceGrpc.getServiceDescriptor(),
                    DeliveryServiceGrpc.getServiceDescriptor(),
                    AdminServiceGrpc.getServiceDescriptor())
            .map(ServiceDescriptor::getMethods)
            .flatMap(methods -> methods.stream())
            .filter(method -> method.getType().clientSendsOneMessage())
            .<Method>map(Calls::method)
            .toList();

    private final Rpc rpc;

    Calls(Rpc rpc) {
        this.rpc = rpc;
    }

    /** A method: its description, and empty messages of its request and its response. */
    public record Method(MethodDescriptor descriptor, Message request, Message response) {
        public boolean isStream() {
            return descriptor.isServerStreaming();
        }

        /** As gRPC writes it, {@code package.Service/Method}. */
        public String path() {
            return descriptor.getService().getFullName() + "/" + descriptor.getName();
        }
    }

    /** A call that was admitted and waits for its message. */
    public interface Incoming {
        /** The message, of the method's request type. */
        void message(Message request);

        /** There is no message to be had. */
        void refuse(Throwable cause);
    }

    /** Begins a call by what its headers say. Empty if it was refused: the wire was told. */
    public Optional<Incoming> begin(Method method, CallWire wire) {
        return rpc.begin(method.path(), wire);
    }

    private static Method method(io.grpc.MethodDescriptor<?, ?> method) {
        ProtoMethodDescriptorSupplier schema = Objects.requireNonNull(
                (ProtoMethodDescriptorSupplier) method.getSchemaDescriptor(), "generated code has a schema");
        return new Method(
                schema.getMethodDescriptor(),
                prototype(method.getRequestMarshaller()),
                prototype(method.getResponseMarshaller()));
    }

    private static Message prototype(io.grpc.MethodDescriptor.Marshaller<?> marshaller) {
        return Objects.requireNonNull((Message) ((PrototypeMarshaller<?>) marshaller).getMessagePrototype());
    }
}
