package io.eventsync.loadtest.chaos;

import io.eventsync.loadtest.webhook.HookVerdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a run came to.
 *
 * @param acknowledged events
 * @param isLogRead whether there was a log to be read in the end
 * @param lost of them, if there was
 * @param observed events, over all readers
 * @param failedCalls that the SDK could not save its caller from, by reason
 * @param told readers that were refused their cursor and ended, and endpoints that were disabled for theirs
 * @param silent readers that saw events which the log does not hold, and endpoints that miss some, and were not told
 * @param hooks if there were endpoints
 * @param visits of clients that came and went
 * @param before what servers held on to after a quarter of the time, if anybody looked
 * @param after the same in the end
 * @param broken everything that is against a promise
 */
record ChaosVerdict(
        long acknowledged,
        boolean isLogRead,
        long lost,
        long observed,
        Map<String, Long> failedCalls,
        List<String> told,
        List<String> silent,
        Optional<HookVerdict> hooks,
        List<FaultStats> faults,
        long visits,
        List<Usage> before,
        List<Usage> after,
        List<String> broken) {}
