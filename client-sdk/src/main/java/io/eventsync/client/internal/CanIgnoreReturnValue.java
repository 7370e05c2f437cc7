package io.eventsync.client.internal;

import java.lang.annotation.ElementType;
import java.lang.annotation.Target;

/** For methods that answer themselves for chaining; Error Prone knows it by its name. */
@Target(ElementType.METHOD)
public @interface CanIgnoreReturnValue {}
