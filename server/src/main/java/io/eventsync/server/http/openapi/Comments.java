package io.eventsync.server.http.openapi;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The contract's comments by the full name of what they are about. Generated code has none, so the build keeps them in a file. */
final class Comments {
    private static final String CONTRACT = "/eventsync/v1/contract.protoset";

    private final Map<String, String> byName = new HashMap<>();

    /** Comments of one file by the path of what they are about, as descriptor.proto defines it. */
    private record Located(Map<List<Integer>, String> comments) {
        String at(List<Integer> path) {
            return comments.getOrDefault(path, "");
        }
    }

    static Comments load() {
        try (InputStream in = Comments.class.getResourceAsStream(CONTRACT)) {
            if (in == null) {
                throw new IllegalStateException("not in the jar: " + CONTRACT);
            }
            Comments comments = new Comments();
            FileDescriptorSet.parseFrom(in).getFileList().forEach(comments::add);
            return comments;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Paragraphs, each on one line; empty if there is no comment. */
    String of(String fullName) {
        return byName.getOrDefault(fullName, "");
    }

    private void add(FileDescriptorProto file) {
        Located located = new Located(file.getSourceCodeInfo().getLocationList().stream()
                .filter(Location::hasLeadingComments)
                .collect(Collectors.toMap(
                        Location::getPathList, l -> paragraphs(l.getLeadingComments()), (first, second) -> first)));
        String scope = file.getPackage();
        for (int i = 0; i < file.getMessageTypeCount(); i++) {
            add(file.getMessageType(i), scope, List.of(FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, i), located);
        }
        for (int i = 0; i < file.getEnumTypeCount(); i++) {
            add(file.getEnumType(i), scope, List.of(FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER, i), located);
        }
        for (int i = 0; i < file.getServiceCount(); i++) {
            add(file.getService(i), scope, List.of(FileDescriptorProto.SERVICE_FIELD_NUMBER, i), located);
        }
    }

    private void add(DescriptorProto message, String scope, List<Integer> path, Located located) {
        String name = scope + "." + message.getName();
        byName.put(name, located.at(path));
        for (int i = 0; i < message.getFieldCount(); i++) {
            byName.put(
                    name + "." + message.getField(i).getName(),
                    located.at(below(path, DescriptorProto.FIELD_FIELD_NUMBER, i)));
        }
        for (int i = 0; i < message.getNestedTypeCount(); i++) {
            add(message.getNestedType(i), name, below(path, DescriptorProto.NESTED_TYPE_FIELD_NUMBER, i), located);
        }
        for (int i = 0; i < message.getEnumTypeCount(); i++) {
            add(message.getEnumType(i), name, below(path, DescriptorProto.ENUM_TYPE_FIELD_NUMBER, i), located);
        }
    }

    private void add(EnumDescriptorProto type, String scope, List<Integer> path, Located located) {
        String name = scope + "." + type.getName();
        byName.put(name, located.at(path));
        for (int i = 0; i < type.getValueCount(); i++) {
            byName.put(
                    name + "." + type.getValue(i).getName(),
                    located.at(below(path, EnumDescriptorProto.VALUE_FIELD_NUMBER, i)));
        }
    }

    private void add(ServiceDescriptorProto service, String scope, List<Integer> path, Located located) {
        String name = scope + "." + service.getName();
        byName.put(name, located.at(path));
        for (int i = 0; i < service.getMethodCount(); i++) {
            byName.put(
                    name + "." + service.getMethod(i).getName(),
                    located.at(below(path, ServiceDescriptorProto.METHOD_FIELD_NUMBER, i)));
        }
    }

    private static List<Integer> below(List<Integer> path, int field, int index) {
        List<Integer> longer = new ArrayList<>(path);
        longer.add(field);
        longer.add(index);
        return longer;
    }

    private static String paragraphs(String comment) {
        return List.of(comment.strip().split("\\n\\s*\\n")).stream()
                .map(paragraph -> paragraph.lines().map(String::strip).collect(Collectors.joining(" ")))
                .collect(Collectors.joining("\n\n"));
    }
}
