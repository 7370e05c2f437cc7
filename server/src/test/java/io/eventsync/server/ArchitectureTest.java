package io.eventsync.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.vertx.core.Future;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.NullMarked;

/** What may call what, and what no code of the server may do. */
@AnalyzeClasses(packagesOf = Server.class, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "io.eventsync.server";
    private static final String[] FEATURES =
            in("event", "sync", "subscription", "consumer", "webhook", "mail", "backoff", "endpoint", "delivery");
    private static final String[] EDGES = in("grpc", "http", "compat", "cli");
    private static final String[] BASE =
            in("postgres", "auth", "config", "logging", "failure", "secret", "egress", "upkeep");

    /** What the rest of the server may know of the log. */
    private static final Set<String> OF_THE_LOG = Set.of(
            "Appended",
            "EventContent",
            "EventFilter",
            "EventLimits",
            "EventLog",
            "LogConfig",
            "LogEvent",
            "LogInfo",
            "LogPoint",
            "LogVerticle",
            "NewEvent",
            "Page",
            "ReadableLog",
            "Reader",
            "TagCount",
            "TailListener");

    private static final Set<String> BLOCKING = Set.of("await", "get", "join", "sleep", "wait", "acquire");

    private static String[] in(String... packages) {
        String[] names = new String[packages.length];
        for (int i = 0; i < names.length; i++) {
            names[i] = ROOT + "." + packages[i] + "..";
        }
        return names;
    }

    @ArchTest
    static final ArchRule features_doNotKnowTheEdges = noClasses()
            .that()
            .resideInAnyPackage(FEATURES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(EDGES);

    @ArchTest
    static final ArchRule base_knowsNothingAboveIt = noClasses()
            .that()
            .resideInAnyPackage(BASE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(FEATURES)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(EDGES);

    @ArchTest
    static final ArchRule tags_arePure = classes()
            .that()
            .resideInAPackage(ROOT + ".tag..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", ROOT + ".tag..", ROOT + ".failure..");

    @ArchTest
    static final ArchRule config_knowsNothingOfTheServer = noClasses()
            .that()
            .resideInAPackage(ROOT + ".config..")
            .should()
            .dependOnClassesThat(DescribedPredicate.describe(
                    "are elsewhere in the server",
                    (JavaClass c) -> (c.getPackageName() + ".").startsWith(ROOT + ".")
                            && !c.getPackageName().startsWith(ROOT + ".config")));

    @ArchTest
    static final ArchRule theContract_isKnownToTheEdgesThatSpeakIt = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".grpc..", ROOT + ".compat..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.eventsync.v1..", "io.grpc..");

    @ArchTest
    static final ArchRule theLogsInsides_areItsOwn = classes()
            .that()
            .resideInAPackage(ROOT + ".event")
            .and()
            .areTopLevelClasses()
            .and(DescribedPredicate.describe(
                    "are not of the log as others see it", (JavaClass c) -> !OF_THE_LOG.contains(c.getSimpleName())))
            .should()
            .bePackagePrivate();

    @ArchTest
    static final ArchRule stores_arePackagePrivate =
            classes().that().haveSimpleNameEndingWith("Store").should().bePackagePrivate();

    @ArchTest
    static final ArchRule time_isHandedIn = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT, ROOT + ".cli..")
            .should()
            .callMethodWhere(DescribedPredicate.describe("ask for the time", ArchitectureTest::asksForTheTime));

    /** The launcher of Postgres runs before there is an event loop, the commands around them. */
    @ArchTest
    static final ArchRule nobody_blocks = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".postgres..", ROOT + ".cli..")
            .should()
            .callMethodWhere(DescribedPredicate.describe("blocks", ArchitectureTest::blocks));

    @ArchTest
    static final ArchRule nobody_locks = methods()
            .that()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackage(ROOT + ".postgres..")
            .and(DescribedPredicate.describe(
                    "do not override one that is",
                    (JavaMethod m) -> !m.getOwner().isAssignableTo(java.util.Properties.class)))
            .should()
            .notHaveModifier(JavaModifier.SYNCHRONIZED);

    @ArchTest
    static final ArchRule output_isTheCommandLines = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".cli..")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + ".Main")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    @ArchTest
    static final ArchRule packages_areNullMarked = classes()
            .that()
            .areTopLevelClasses()
            .should(new ArchCondition<JavaClass>("live in a package with @NullMarked") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                    boolean isMarked = item.getPackage().isAnnotatedWith(NullMarked.class);
                    events.add(new SimpleConditionEvent(item, isMarked, item.getName() + " is in an unmarked package"));
                }
            });

    private static boolean asksForTheTime(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        String method = access.getTarget().getName();
        return (owner.startsWith("java.time.") && (method.equals("now") || method.startsWith("system")))
                || (owner.equals("java.lang.System") && method.equals("currentTimeMillis"));
    }

    private static boolean blocks(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        String method = access.getTarget().getName();
        if (owner.isAssignableTo(Future.class)) {
            return method.equals("await"); // its join() waits for nothing
        }
        return BLOCKING.contains(method)
                && (owner.isAssignableTo(java.util.concurrent.Future.class)
                        || owner.isAssignableTo(CountDownLatch.class)
                        || owner.isAssignableTo(java.util.concurrent.Semaphore.class)
                        || owner.isAssignableTo(Thread.class)
                        || owner.isEquivalentTo(Object.class));
    }
}
