/** Events as mails: addresses, templates, and sending through the relay of the operator. */
@NullMarked
package io.eventsync.server.mail;

import org.jspecify.annotations.NullMarked;
