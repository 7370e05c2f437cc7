package io.eventsync.server.cli;

import io.eventsync.server.cli.Finding.Grade;
import java.io.PrintStream;
import java.util.List;

/** Says what was found, and what to do about it. */
final class Doctor {
    private Doctor() {}

    /** Answers {@link ExitCode#UNFIT} if the server would not work. */
    static int report(List<Finding> findings, PrintStream out) {
        for (Finding finding : findings) {
            out.printf(
                    "%-4s  %-11s  %s%n",
                    finding.grade() == Grade.OK ? "ok" : finding.grade(), finding.subject(), finding.text());
            if (!finding.fix().isEmpty()) {
                out.printf("      %-11s  fix: %s%n", "", finding.fix());
            }
        }
        long failures = count(findings, Grade.FAIL);
        long warnings = count(findings, Grade.WARN);
        out.println(
                failures + warnings == 0
                        ? "all is well"
                        : failures + " to mend before it works, " + warnings + " to mend for it to work well");
        out.flush();
        return failures == 0 ? ExitCode.OK : ExitCode.UNFIT;
    }

    private static long count(List<Finding> findings, Grade grade) {
        return findings.stream().filter(f -> f.grade() == grade).count();
    }
}
