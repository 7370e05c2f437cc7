package io.eventsync.server.delivery;

/**
 * Which endpoint, and under which lease.
 *
 * @param epoch of the lease: whoever takes it over raises it
 * @param generation of the place: a seek raises it
 */
record EndpointHandle(long id, String name, long epoch, long generation, long revision) {}
