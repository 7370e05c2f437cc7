package io.eventsync.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.ServerConfig;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What deploy/ can be held to without a container engine: it parses, fits together, and sets what a server can be told. */
class DeployFilesTest {
    private static final Path DEPLOY = Path.of("../deploy");
    private static final Pattern VARIABLE = Pattern.compile("EVENTSYNC_[A-Z0-9_]+");
    private static final Pattern COPIED = Pattern.compile("(?m)^COPY (?!--from)(\\S+) ");
    /** No settings: what Kubernetes would make, and where the configuration file is. */
    private static final Set<String> OTHERS = Set.of("EVENTSYNC_PORT", "EVENTSYNC_CONFIG");

    private static Stream<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(DEPLOY)) {
            return all.filter(Files::isRegularFile).toList().stream();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Object> documents(Path file) {
        Iterable<Object> all = new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(text(file));
        return StreamSupport.stream(all.spliterator(), false).toList();
    }

    private static Object at(Object node, Object... path) {
        Object there = node;
        for (Object step : path) {
            there = step instanceof Integer index
                    ? ((List<?>) there).get(index)
                    : Objects.requireNonNull(((Map<?, ?>) there).get(step), "no " + step + " in " + there);
        }
        return there;
    }

    private static List<Object> list(Object node, Object... path) {
        return List.copyOf((List<?>) at(node, path));
    }

    /** A server refuses to start with a variable that is none of its settings. */
    @Test
    void everyVariable_isASetting() throws IOException {
        Set<String> named = new TreeSet<>();
        for (Path file : files().filter(f -> !f.toString().endsWith(".json")).toList()) {
            VARIABLE.matcher(text(file)).results().map(MatchResult::group).forEach(named::add);
        }
        named.removeAll(OTHERS);
        Names names = Names.env(ServerConfig.SETTINGS);

        assertThat(named)
                .hasSizeGreaterThan(8)
                .allMatch(name -> names.find(name).isPresent());
    }

    @Test
    void everyYamlFile_parses() throws IOException {
        List<Path> yaml =
                files().filter(f -> f.toString().matches(".*\\.ya?ml")).toList();

        assertThat(yaml)
                .hasSizeGreaterThan(12)
                .allSatisfy(file -> assertThat(documents(file)).isNotEmpty().doesNotContainNull());
    }

    @Test
    void kustomizations_nameFilesThatAreThere() throws IOException {
        List<Path> all = files().filter(f -> f.endsWith("kustomization.yaml")).toList();

        assertThat(all).hasSize(2).allSatisfy(file -> {
            Object kustomization = documents(file).get(0);
            Stream<Object> patches = ((Map<?, ?>) kustomization).containsKey("patches")
                    ? list(kustomization, "patches").stream().map(patch -> at(patch, "path"))
                    : Stream.of();
            assertThat(Stream.concat(list(kustomization, "resources").stream(), patches))
                    .allSatisfy(name ->
                            assertThat(file.resolveSibling(name.toString())).exists());
        });
    }

    @Test
    void pods_areRestrictedAndProbedOnTheOperatorsPort() {
        Object deployment =
                documents(DEPLOY.resolve("kubernetes/base/deployment.yaml")).get(0);
        Object pod = at(deployment, "spec", "template", "spec");
        Object container = at(pod, "containers", 0);

        assertThat(at(deployment, "spec", "replicas")).isEqualTo(3);
        assertThat(at(pod, "securityContext", "runAsNonRoot")).isEqualTo(true);
        assertThat(at(pod, "securityContext", "seccompProfile", "type")).isEqualTo("RuntimeDefault");
        assertThat(at(container, "securityContext", "allowPrivilegeEscalation")).isEqualTo(false);
        assertThat(list(container, "securityContext", "capabilities", "drop")).containsExactly("ALL");
        assertThat(Map.of("startupProbe", "/livez", "livenessProbe", "/livez", "readinessProbe", "/readyz"))
                .allSatisfy((probe, path) -> {
                    assertThat(at(container, probe, "httpGet", "path")).isEqualTo(path);
                    assertThat(at(container, probe, "httpGet", "port")).isEqualTo("admin");
                });
        assertThat(list(container, "ports"))
                .containsExactly(
                        Map.of("name", "grpc", "containerPort", 7_300),
                        Map.of("name", "admin", "containerPort", 8_300));
    }

    /** A server gives up by itself after as long. */
    @Test
    void pods_haveTheTimeThatMigrationsMayTake() {
        Object probe = at(
                documents(DEPLOY.resolve("kubernetes/base/deployment.yaml")).get(0),
                "spec",
                "template",
                "spec",
                "containers",
                0,
                "startupProbe");

        assertThat((int) at(probe, "periodSeconds") * (int) at(probe, "failureThreshold"))
                .isGreaterThanOrEqualTo(600);
    }

    @Test
    void composition_mountsFilesThatAreThere_andNamesEverySecretInTheExample() throws IOException {
        Path file = DEPLOY.resolve("compose/compose.yml");
        String example = text(DEPLOY.resolve("compose/.env.example"));
        Set<String> wanted = Pattern.compile("\\$\\{([A-Z_]+)")
                .matcher(text(file))
                .results()
                .map(m -> m.group(1))
                .collect(Collectors.toSet());

        assertThat(wanted).isNotEmpty().allSatisfy(name -> assertThat(example).contains("\n" + name + "="));
        Map<?, ?> services = (Map<?, ?>) at(documents(file).get(0), "services");
        assertThat(services).hasSize(4).allSatisfy((name, service) -> {
            List<Object> volumes = ((Map<?, ?>) service).containsKey("volumes") ? list(service, "volumes") : List.of();
            assertThat(volumes.stream().map(Object::toString).filter(v -> v.startsWith(".")))
                    .allSatisfy(v -> assertThat(file.resolveSibling(v.substring(0, v.indexOf(':'))))
                            .exists());
        });
    }

    /** Made as the example says, the password has to fit into the URL as it is. */
    @Test
    void compositionsPassword_fitsIntoItsUrl() {
        String example = text(DEPLOY.resolve("compose/.env.example"));
        String url = Pattern.compile("EVENTSYNC_DATABASE_URL: (\\S+)")
                .matcher(text(DEPLOY.resolve("compose/compose.yml")))
                .results()
                .map(m -> m.group(1))
                .findFirst()
                .orElseThrow();

        assertThat(example).contains("openssl rand -hex 32\nPOSTGRES_PASSWORD=\n");
        PgConnectOptions options = PgConnectOptions.fromUri(url.replace("${POSTGRES_PASSWORD}", "0a".repeat(32)));
        assertThat(options.getPassword()).hasSize(64);
    }

    @Test
    void disruptionBudget_namesItsPods() throws IOException {
        Object budget = documents(DEPLOY.resolve("kubernetes/base/poddisruptionbudget.yaml"))
                .get(0);

        assertThat(at(budget, "spec", "selector", "matchLabels"))
                .isEqualTo(Map.of("app.kubernetes.io/name", "eventsync"));
    }

    @Test
    void image_isBuiltFromFilesThatAreThere_andRunsAsNobodySpecial() {
        String dockerfile = text(DEPLOY.resolve("docker/Dockerfile"));

        assertThat(COPIED.matcher(dockerfile).results().map(m -> m.group(1)))
                .isNotEmpty()
                .allSatisfy(path -> assertThat(Path.of("..").resolve(path)).exists());
        assertThat(dockerfile.substring(dockerfile.lastIndexOf("\nFROM "))).contains("\nUSER 10001:10001\n");
    }
}
