/** The command line: its flags are the settings, its subcommands are {@link io.eventsync.server.cli.Commands}. */
@NullMarked
package io.eventsync.server.cli;

import org.jspecify.annotations.NullMarked;
