package io.eventsync.loadtest.receiver;

/** Picks a share of (id, attempt) pairs: the same ones in every run with the same seed. */
final class Share {

    private static final double PER_CENT = 100.0;
    private static final double UNIT = 0x1.0p-53;

    private Share() {}

    static boolean isHit(double percent, long seed, String id, int attempt) {
        long hash = mix(seed * 0x9E3779B97F4A7C15L + attempt);
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x100000001B3L;
        }
        return (mix(hash) >>> 11) * UNIT * PER_CENT < percent;
    }

    /** The finisher of SplitMix64: every bit of the input reaches every bit of the result. */
    static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
