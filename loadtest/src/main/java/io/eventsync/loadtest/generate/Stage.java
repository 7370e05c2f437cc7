package io.eventsync.loadtest.generate;

import java.util.SplittableRandom;

/** Where a visitor of a shop stands; each stage writes one line and leads to others by chance. */
enum Stage {
    LOGIN_FAILED(Level.WARNING, "auth", "USER.LOGIN.FAILED", "%s refused: wrong password", 800, 6_000),
    LOGIN(Level.INFO, "auth", "USER.LOGIN", "%s logged in", 300, 2_000),
    VIEW(Level.DEBUG, "shop", "PAGE.VIEW", "%s looks at product %d", 1_000, 8_000),
    SLOW_QUERY(Level.WARNING, "database", "DATABASE.SLOW_QUERY", "query for %s took %d ms", 5, 50),
    CART(Level.INFO, "shop", "CART.ADDED", "%s put product %d into the cart", 500, 4_000),
    ORDER(Level.INFO, "orders", "ORDER.CREATED", "%s placed order %d", 50, 400),
    DECLINED(Level.ERROR, "payments", "PAYMENT.DECLINED", "payment of %s declined, try again: order %d", 2_000, 9_000),
    PAYMENT(Level.INFO, "payments", "PAYMENT.ACCEPTED", "payment of %s accepted: order %d", 300, 3_000),
    LOGOUT(Level.INFO, "auth", "USER.LOGOUT", "%s logged out", 0, 1),
    GONE(Level.DEBUG, "", "", "", 0, 1);

    final Level level;
    final String service;
    final String tag;
    final String message;
    private final int pauseMillisMin;
    private final int pauseMillisMax;

    Stage(Level level, String service, String tag, String message, int pauseMillisMin, int pauseMillisMax) {
        this.level = level;
        this.service = service;
        this.tag = tag;
        this.message = message;
        this.pauseMillisMin = pauseMillisMin;
        this.pauseMillisMax = pauseMillisMax;
    }

    static Stage first(SplittableRandom random) {
        return random.nextInt(100) < 88 ? LOGIN : LOGIN_FAILED;
    }

    /** GONE if the visitor leaves. */
    Stage next(SplittableRandom random) {
        int chance = random.nextInt(100);
        return switch (this) {
            case LOGIN_FAILED -> chance < 70 ? LOGIN : chance < 90 ? LOGIN_FAILED : GONE;
            case LOGIN, SLOW_QUERY -> VIEW;
            case VIEW ->
                chance < 55 ? VIEW : chance < 80 ? CART : chance < 83 ? SLOW_QUERY : chance < 93 ? LOGOUT : GONE;
            case CART -> chance < 40 ? VIEW : chance < 90 ? ORDER : GONE;
            case ORDER -> chance < 93 ? PAYMENT : DECLINED;
            case DECLINED -> chance < 60 ? PAYMENT : chance < 75 ? DECLINED : GONE;
            case PAYMENT -> chance < 20 ? VIEW : chance < 70 ? LOGOUT : GONE;
            case LOGOUT, GONE -> GONE;
        };
    }

    long pauseMicros(SplittableRandom random) {
        return random.nextLong(pauseMillisMin * 1_000L, pauseMillisMax * 1_000L);
    }
}
