package io.eventsync.client;

import com.google.rpc.Code;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The publisher holds as much as it may and did not take the event. Wait for {@link Publisher#drained()}, then publish it again; or let it go,
 * knowingly.
 */
public final class BufferFullException extends EventSyncException {
    private static final long serialVersionUID = 1;

    /** For the layer's own use, and for tests of code that handles failures. */
    public BufferFullException(String message) {
        super(new ServerError(Code.RESOURCE_EXHAUSTED, "", message, Map.of(), List.of(), Optional.empty()), null);
    }

    /** Yes, once there is room. */
    @Override
    public boolean isRetryable() {
        return true;
    }
}
