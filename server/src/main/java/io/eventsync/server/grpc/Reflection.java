package io.eventsync.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.reflection.v1.ErrorResponse;
import io.grpc.reflection.v1.ExtensionNumberResponse;
import io.grpc.reflection.v1.ExtensionRequest;
import io.grpc.reflection.v1.FileDescriptorResponse;
import io.grpc.reflection.v1.ListServiceResponse;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Server reflection, v1 and v1alpha: the two differ only in their package, so the older one's messages are the newer one's bytes. Also
 * lists the error details, which no service mentions and every client needs.
 */
final class Reflection {
    private static final int NOT_FOUND = 5;
    private static final int INVALID_ARGUMENT = 3;

    private final List<ServiceDescriptor> services;
    private final Map<String, FileDescriptor> byName = new TreeMap<>();
    private final Map<String, FileDescriptor> bySymbol = new TreeMap<>();

    Reflection(List<ServiceDescriptor> services, List<FileDescriptor> extraFiles) {
        this.services = services;
        services.forEach(service -> add(service.getFile()));
        extraFiles.forEach(this::add);
    }

    private void add(FileDescriptor file) {
        if (byName.putIfAbsent(file.getFullName(), file) != null) {
            return;
        }
        file.getDependencies().forEach(this::add);
        file.getServices().forEach(service -> {
            bySymbol.put(service.getFullName(), file);
            service.getMethods().forEach(method -> bySymbol.put(method.getFullName(), file));
        });
        file.getMessageTypes().forEach(message -> add(message, file));
        file.getEnumTypes().forEach(type -> bySymbol.put(type.getFullName(), file));
        file.getExtensions().forEach(extension -> bySymbol.put(extension.getFullName(), file));
    }

    private void add(Descriptor message, FileDescriptor file) {
        bySymbol.put(message.getFullName(), file);
        message.getFields().forEach(field -> bySymbol.put(field.getFullName(), file));
        message.getNestedTypes().forEach(nested -> add(nested, file));
        message.getEnumTypes().forEach(type -> bySymbol.put(type.getFullName(), file));
    }

    void bind(Rpc rpc) {
        rpc.session(
                "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                ServerReflectionRequest.parser(),
                call -> new Answers<>(call, this::answer));
        rpc.session(
                "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                io.grpc.reflection.v1alpha.ServerReflectionRequest.parser(),
                call -> new Answers<>(call, request -> answer(asV1(request))));
    }

    private static ServerReflectionRequest asV1(io.grpc.reflection.v1alpha.ServerReflectionRequest request) {
        try {
            return ServerReflectionRequest.parseFrom(request.toByteArray());
        } catch (InvalidProtocolBufferException e) {
            throw Rpc.malformed("not a reflection request");
        }
    }

    /** Answers each request of the stream. */
    private record Answers<Q>(Call call, java.util.function.Function<Q, ServerReflectionResponse> answer)
            implements Rpc.Session<Q> {
        @Override
        public Future<Void> next(Q request) {
            call.write(answer.apply(request));
            return Future.succeededFuture();
        }

        @Override
        public void ended() {
            call.end();
        }
    }

    private ServerReflectionResponse answer(ServerReflectionRequest request) {
        ServerReflectionResponse.Builder response = ServerReflectionResponse.newBuilder()
                .setValidHost(request.getHost())
                .setOriginalRequest(request);
        switch (request.getMessageRequestCase()) {
            case LIST_SERVICES -> list(response);
            case FILE_BY_FILENAME ->
                files(response, byName.get(request.getFileByFilename()), request.getFileByFilename());
            case FILE_CONTAINING_SYMBOL ->
                files(response, bySymbol.get(request.getFileContainingSymbol()), request.getFileContainingSymbol());
            case FILE_CONTAINING_EXTENSION -> {
                ExtensionRequest wanted = request.getFileContainingExtension();
                files(response, extending(wanted), wanted.getContainingType());
            }
            case ALL_EXTENSION_NUMBERS_OF_TYPE -> numbers(response, request.getAllExtensionNumbersOfType());
            case MESSAGEREQUEST_NOT_SET -> response.setErrorResponse(error(INVALID_ARGUMENT, "empty request"));
        }
        return response.build();
    }

    private void list(ServerReflectionResponse.Builder response) {
        ListServiceResponse.Builder list = response.getListServicesResponseBuilder();
        services.forEach(service -> list.addServiceBuilder().setName(service.getFullName()));
    }

    private void numbers(ServerReflectionResponse.Builder response, String type) {
        ExtensionNumberResponse.Builder numbers = response.getAllExtensionNumbersResponseBuilder();
        numbers.setBaseTypeName(type);
        byName.values().stream()
                .flatMap(file -> file.getExtensions().stream())
                .filter(extension -> isExtension(extension, type))
                .forEach(extension -> numbers.addExtensionNumber(extension.getNumber()));
    }

    private @Nullable FileDescriptor extending(ExtensionRequest wanted) {
        for (FileDescriptor file : byName.values()) {
            for (FieldDescriptor extension : file.getExtensions()) {
                if (isExtension(extension, wanted.getContainingType())
                        && extension.getNumber() == wanted.getExtensionNumber()) {
                    return file;
                }
            }
        }
        return null;
    }

    private static boolean isExtension(FieldDescriptor extension, String type) {
        return extension.getContainingType().getFullName().equals(type);
    }

    /** The file and all it imports, as clients ask for them one by one otherwise. */
    private static void files(ServerReflectionResponse.Builder response, @Nullable FileDescriptor file, String name) {
        if (file == null) {
            response.setErrorResponse(error(NOT_FOUND, "not found: " + name));
            return;
        }
        Map<String, FileDescriptor> all = new LinkedHashMap<>();
        List<FileDescriptor> next = new ArrayList<>(List.of(file));
        while (!next.isEmpty()) {
            FileDescriptor one = next.remove(0);
            if (all.putIfAbsent(one.getFullName(), one) == null) {
                next.addAll(one.getDependencies());
            }
        }
        FileDescriptorResponse.Builder files = response.getFileDescriptorResponseBuilder();
        all.values().forEach(one -> files.addFileDescriptorProto(one.toProto().toByteString()));
    }

    private static ErrorResponse error(int code, String message) {
        return ErrorResponse.newBuilder()
                .setErrorCode(code)
                .setErrorMessageBytes(ByteString.copyFromUtf8(message))
                .build();
    }
}
