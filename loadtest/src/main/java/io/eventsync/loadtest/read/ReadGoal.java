package io.eventsync.loadtest.read;

import java.time.Duration;

/** When reading is over; zero means no such bound. Idle time counts only while connected. */
public record ReadGoal(long events, Duration idle, Duration total, Duration giveUpAfter) {}
