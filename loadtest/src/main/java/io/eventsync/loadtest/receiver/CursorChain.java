package io.eventsync.loadtest.receiver;

/**
 * Whether events came in the order of their chain: each names its cursor and the cursor of the one before it. Keeps 64-bit
 * hashes of the cursors, so among two million of them one is mistaken for another with a probability of one in ten million.
 */
final class CursorChain {

    private static final int RECEIVED = 1;
    private static final int ACCEPTED = 2;
    /** From this bit on: how many came that name the cursor as the one before, while it had not come. */
    private static final int WAITING_ONE = 4;

    private static final int SLOTS_FIRST = 1 << 5;

    private final int cursorsMax;
    private long[] keys = new long[SLOTS_FIRST];
    private int[] states = new int[SLOTS_FIRST];
    private int size;
    private int missing;
    private boolean hasHead;
    private long inversions;
    private long startedEarly;

    CursorChain(int cursorsMax) {
        this.cursorsMax = cursorsMax;
    }

    /** The first receipt of an event; an empty previous cursor says that nothing was before it. */
    void receive(String cursor, String previousCursor) {
        if (previousCursor.isEmpty()) {
            hasHead = true;
        } else {
            checkPrevious(previousCursor);
        }
        receiveNext(cursor);
    }

    /** The first receipt of an event that came in one request with the one before. */
    void receiveNext(String cursor) {
        int slot = slot(cursor);
        if (slot < 0) {
            return;
        }
        int waiting = states[slot] / WAITING_ONE;
        if (waiting > 0) {
            inversions += waiting;
            missing--;
        }
        states[slot] = RECEIVED | (states[slot] & ACCEPTED);
    }

    void accept(String cursor) {
        int slot = slot(cursor);
        if (slot >= 0) {
            states[slot] |= ACCEPTED;
        }
    }

    /** Events that came before the one before them, which came later. */
    long inversions() {
        return inversions;
    }

    /** Events that came first when the one before them had come, but was not accepted. */
    long startedEarly() {
        return startedEarly;
    }

    /** Places where the chain is broken until now: every start but one. */
    long gaps() {
        return Math.max(0, missing + (hasHead ? 1 : 0) - 1);
    }

    private void checkPrevious(String previousCursor) {
        int slot = slot(previousCursor);
        if (slot < 0) {
            return;
        }
        if ((states[slot] & RECEIVED) == 0) {
            missing += states[slot] < WAITING_ONE ? 1 : 0;
            states[slot] += WAITING_ONE;
        } else if ((states[slot] & ACCEPTED) == 0) {
            startedEarly++;
        }
    }

    /** The cursor's slot, a new one if it has none yet; below 0 if there is no place any more. */
    private int slot(String cursor) {
        long key = key(cursor);
        int slot = find(key);
        if (keys[slot] == key) {
            return slot;
        }
        if (size == cursorsMax) {
            return -1;
        }
        if (size * 3L > keys.length * 2L) {
            grow();
            slot = find(key);
        }
        keys[slot] = key;
        size++;
        return slot;
    }

    private int find(long key) {
        int slot = (int) key & (keys.length - 1);
        while (keys[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & (keys.length - 1);
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldStates = states;
        keys = new long[oldKeys.length * 2];
        states = new int[oldKeys.length * 2];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int slot = find(oldKeys[i]);
                keys[slot] = oldKeys[i];
                states[slot] = oldStates[i];
            }
        }
    }

    private static long key(String cursor) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < cursor.length(); i++) {
            hash = (hash ^ cursor.charAt(i)) * 0x100000001B3L;
        }
        long key = Share.mix(hash);
        return key == 0 ? 1 : key;
    }
}
