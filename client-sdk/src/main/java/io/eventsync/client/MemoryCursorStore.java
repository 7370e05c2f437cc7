package io.eventsync.client;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

final class MemoryCursorStore implements CursorStore {
    private final Map<String, String> cursors = new ConcurrentHashMap<>();

    @Override
    public Optional<String> load(String name) {
        return Optional.ofNullable(cursors.get(name));
    }

    @Override
    public void save(String name, String cursor) {
        cursors.put(name, cursor);
    }
}
