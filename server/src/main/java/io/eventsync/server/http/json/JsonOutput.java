package io.eventsync.server.http.json;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Messages as ProtoJSON: lowerCamelCase names, 64-bit numbers as strings, bytes in base64, unset fields left out. On one line. */
public final class JsonOutput {
    private static final JsonFormat.Printer PLAIN = JsonFormat.printer()
            .usingTypeRegistry(TypeRegistry.newBuilder()
                    .add(ErrorInfo.getDescriptor())
                    .add(BadRequest.getDescriptor())
                    .add(RetryInfo.getDescriptor())
                    .add(ResourceInfo.getDescriptor())
                    .build())
            .omittingInsignificantWhitespace();

    private static final Map<String, String> READABLE = Map.of("\\u003d", "=", "\\u0026", "&", "\\u0027", "'");
    private static final int UNICODE_CHARS = 6;
    private static final int ESCAPE_CHARS = 2;

    private final JsonFormat.Printer printer;

    private JsonOutput(JsonFormat.Printer printer) {
        this.printer = printer;
    }

    public static JsonOutput plain() {
        return new JsonOutput(PLAIN);
    }

    /**
     * For answers of one type. Their own fields are all there, {@code "events":[]} and {@code "upToDate":false} too, so that a script need
     * not know what an absent member means; what they contain is written as briefly as elsewhere.
     */
    public static JsonOutput answers(Message prototype) {
        Set<FieldDescriptor> always = prototype.getDescriptorForType().getFields().stream()
                .filter(field -> !field.hasPresence())
                .collect(Collectors.toSet());
        return new JsonOutput(always.isEmpty() ? PLAIN : PLAIN.includingDefaultValueFields(always));
    }

    public String print(Message message) {
        try {
            return readable(printer.print(message));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a message of ours cannot be written as JSON", e);
        }
    }

    /**
     * The printer escapes what means something in HTML. Our answers are never HTML, and people copy secrets, cursors and URLs from them: {@code =},
     * {@code &} and {@code '} stand as themselves. {@code <} and {@code >} stay escaped, lest a careless page takes one for a tag.
     */
    private static String readable(String json) {
        if (!json.contains("\\u00")) {
            return json;
        }
        StringBuilder out = new StringBuilder(json.length());
        int at = 0;
        for (int slash = json.indexOf('\\'); slash >= 0; slash = json.indexOf('\\', at)) {
            out.append(json, at, slash);
            at = slash + (json.charAt(slash + 1) == 'u' ? UNICODE_CHARS : ESCAPE_CHARS);
            String escape = json.substring(slash, at);
            out.append(READABLE.getOrDefault(escape, escape));
        }
        return out.append(json, at, json.length()).toString();
    }
}
