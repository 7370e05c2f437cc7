package io.eventsync.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.eventsync.server.TestServer;
import io.eventsync.server.delivery.TestReceiver;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnectOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What a person does with the console, on a server under load. The tests tell one story, in their order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConsoleBrowserIT {
    private static final String TOKEN = "admin-token-of-this-test-0123456789";
    private static final int PAINT_MILLIS_MAX = 300;
    private static final String MISSING = """
            () => {
              const number = text => Number(text.replace(/\\D/g, ''));
              const rows = [...document.querySelectorAll('li.event')].map(row => [
                number(row.querySelector('.pos').textContent), number(row.querySelector('.gap')?.textContent ?? '0')]);
              return rows.slice(0, -1).filter(([at, skipped], i) => at - skipped - 1 !== rows[i + 1][0]).map(([at]) => at);
            }
            """;
    private static final Map<String, String> PAGES = Map.of(
            "overview", "#/overview?range=5m",
            "tail", "#/tail",
            "endpoints", "#/endpoints",
            "endpoint", "#/endpoints/crm",
            "new-endpoint", "#/endpoints/+new?filter=ORDER",
            "deliveries", "#/deliveries",
            "dead", "#/dead",
            "subscriptions", "#/subscriptions",
            "logs", "#/logs",
            "config", "#/config");

    private static TestReceiver receiver;
    private static TestServer server;
    private static @Nullable Load shop;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        receiver = new TestReceiver();
        server = TestServer.start();
        browser = new Browser();
        Path data = Path.of(System.getProperty("console.data", "/nowhere"));
        if (Files.isRegularFile(data)) {
            try (Load replay =
                    Load.start("replay", "--file", data.toString(), "--target", "127.0.0.1:" + server.port())) {
                assertThat(replay.await()).isZero();
            }
        }
    }

    @AfterAll
    static void stop() {
        Load open = shop;
        if (open != null) {
            open.close();
        }
        browser.close();
        server.close();
        receiver.close();
    }

    @AfterEach
    void nothingWentWrongInAnyPage() {
        assertThat(browser.complaints()).isEmpty();
    }

    private static String url(String hash) {
        return "http://127.0.0.1:" + server.port() + "/" + hash;
    }

    private static Page at(String hash) {
        Page page = browser.open();
        page.navigate(url(hash));
        return page;
    }

    private static Locator button(Page page, String name) {
        return page.locator("button", new Page.LocatorOptions().setHasText(Pattern.compile("^\\s*" + name + "\\s*$")));
    }

    private static LocatorAssertions.HasCountOptions slowly() {
        return new LocatorAssertions.HasCountOptions().setTimeout(20_000);
    }

    @Test
    @Order(1)
    void emptyLog_showsTheCommandThatSendsTheFirstEvent_whichThenAppears() {
        if (System.getProperty("console.data") != null) {
            return; // it is not empty
        }
        Page page = at("#/tail");
        assertThat(page.locator("pre").first()).containsText("curl -sS --json");

        shop = Load.ofShop(server.port(), 5);

        page.locator("li.event").nth(5).waitFor();
        assertThat(page.locator(".status")).containsText("live");
        page.context().close();
    }

    @Test
    @Order(2)
    void tail_isFilteredByTheTree_pausedByAKey_andItsRowsExpand() {
        if (shop == null) {
            shop = Load.ofShop(server.port(), 5);
        }
        Page page = at("#/tail");
        page.locator(".tag label", new Page.LocatorOptions().setHasText("ORDER"))
                .first()
                .click();
        page.waitForURL(Pattern.compile("filter=ORDER"));
        page.locator("li.event").first().waitFor();
        page.waitForFunction(
                "() => [...document.querySelectorAll('li.event .name')].every(n => n.textContent.startsWith('ORDER'))");

        page.keyboard().press("p");
        page.waitForURL(Pattern.compile("paused=1"));
        String newest = page.locator("li.event .pos").first().textContent();
        page.locator("button", new Page.LocatorOptions().setHasText(Pattern.compile("\\d new")))
                .waitFor();
        assertThat(page.locator("li.event .pos").first().textContent()).isEqualTo(newest);

        page.keyboard().press("j");
        page.keyboard().press("j");
        page.keyboard().press("Enter");
        assertThat(page.locator(".details")).hasCount(1);
        assertThat(page.url()).contains("open=");
        Page again = browser.open();
        again.navigate(page.url());
        assertThat(again.locator(".status")).containsText("paused");

        page.keyboard().press("p");
        page.waitForFunction("before => document.querySelector('li.event .pos').textContent !== before", newest);
        page.context().close();
        again.context().close();
    }

    @Test
    @Order(3)
    void tail_seeksByPosition_andGoesBackAndForthByPages() {
        Page page = at("#/tail");
        page.locator("li.event").nth(1).waitFor();
        page.getByPlaceholder("Position or time").fill("20");
        page.keyboard().press("Enter");
        page.waitForURL(Pattern.compile("at=20"));
        assertThat(page.locator("li.event .pos").last()).hasText("20");

        button(page, "Older").click();
        assertThat(page.locator("li.event .pos").first()).hasText("19");
        assertThat(button(page, "Older")).isDisabled();
        assertThat(button(page, "Oldest")).isDisabled();
        button(page, "Newest").click();
        assertThat(page.locator(".status")).containsText("live");

        page.getByPlaceholder("Position or time").fill("yesterday-ish");
        page.keyboard().press("Enter");
        assertThat(page.locator(".state.failed")).containsText("neither a position");
        page.context().close();
    }

    @Test
    @Order(4)
    void endpoint_isMade_itsReceiverBreaks_andItsDeadLettersAreReplayed() {
        receiver.answer("/crm", request -> 500);
        Page page = at("#/endpoints");
        page.locator("a", new Page.LocatorOptions().setHasText("New endpoint")).click();
        page.locator("[name=name]").fill("crm");
        page.locator("[name=url]").fill(receiver.url("/crm"));
        page.locator("[name=filter]").fill("ORDER");
        assertThat(page.locator(".panel")).containsText(Pattern.compile("Matches [1-9]"));
        page.locator("[name=retry]").selectOption("RETRY_SCHEDULE_NONE");
        button(page, "Make the endpoint").click();
        assertThat(page.locator(".command pre")).containsText("whsec_");
        page.locator("a", new Page.LocatorOptions().setHasText("Go to the endpoint"))
                .click();
        assertThat(page.locator(".attempts, .plain-list").first()).isVisible();

        page.navigate(url("#/dead"));
        page.locator("td.opener button").first().click();
        button(page, "Dry run").click();
        assertThat(page.locator("form [role=status]")).containsText(Pattern.compile("would send [1-9]"));
        Browser.shoot(page, "dead-open");

        receiver.answer("/crm", request -> 200);
        page.navigate(url("#/endpoints/crm"));
        button(page, "Pause").waitFor();
        // Whatever state the breaker is in, a resume closes it.
        button(page, "Pause").click();
        button(page, "Resume").click();
        button(page, "Send a test event").click();
        assertThat(page.locator(".state.good")).containsText("was sent a test event");
        assertThat(page.locator(".state.good")).containsText("200");

        page.navigate(url("#/dead"));
        page.locator("td.opener button").first().click();
        page.locator("[name=rate]").fill("50");
        Locator replay = page.locator("button.twice.primary");
        replay.click();
        replay.click();
        assertThat(page.locator("table").last())
                .containsText("done", new LocatorAssertions.ContainsTextOptions().setTimeout(30_000));

        page.navigate(url("#/deliveries?endpoint=crm&show=done"));
        page.locator("td.opener button").first().click();
        assertThat(page.locator(".attempts")).containsText("200");
        page.context().close();
    }

    @Test
    @Order(5)
    void event_saysWhoReceivedIt() {
        Page page = at("#/tail?filter=ORDER");
        page.locator("li.event button").first().click();
        page.locator("a", new Page.LocatorOptions().setHasText("Who received it"))
                .click();

        assertThat(page.locator("table").first()).containsText("crm");
        assertThat(page.locator("table").first())
                .containsText(Pattern.compile("delivered|in flight|waits|not reached"));
        page.context().close();
    }

    @Test
    @Order(6)
    void stream_isEndedFromTheList_andComesBackByItself() {
        Page tail = at("#/tail");
        assertThat(tail.locator(".status")).containsText("live");
        Page page = at("#/subscriptions");
        Locator row = page.locator("tbody tr", new Page.LocatorOptions().setHasText("console"))
                .first();
        row.waitFor();
        String position = row.locator("td").nth(4).textContent();
        assertThat(position).isNotEmpty();
        row.locator("button").click();
        row.locator("button").click();

        page.locator("tbody tr", new Page.LocatorOptions().setHasText("console"))
                .first()
                .waitFor();
        assertThat(tail.locator(".status")).containsText("live");
        tail.context().close();
        page.context().close();
    }

    @Test
    @Order(7)
    void oneTabHasTheStream_andTheOtherMayTakeItOver() {
        Page first = at("#/tail");
        assertThat(first.locator(".status")).containsText("live");
        Page second = first.context().newPage();
        second.navigate(url("#/tail"));
        assertThat(second.locator(".status")).containsText("live");

        assertThat(first.locator(".status")).containsText("another tab");
        button(first, "Take it over").click();
        assertThat(first.locator(".status")).containsText("live");
        assertThat(second.locator(".status")).containsText("another tab");
        first.context().close();
    }

    @Test
    @Order(8)
    void everyPage_isAccessible_inBothThemes_andOnAPhone() {
        for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            look(browser.open(1360, 860, colours), colours.name().toLowerCase(java.util.Locale.ROOT));
        }
        look(browser.open(375, 812, ColorScheme.LIGHT), "phone");
    }

    private static void look(Page page, String mode) {
        PAGES.forEach((name, hash) -> {
            page.navigate(url(hash));
            page.locator("h1").waitFor();
            assertThat(page.locator(".spinner")).hasCount(0, slowly());
            Browser.requireAccessible(page, name + " " + mode);
            assertThat((Integer) page.evaluate("() => document.documentElement.scrollWidth - innerWidth"))
                    .as("how much too wide %s is, %s", name, mode)
                    .isLessThanOrEqualTo(0);
            Browser.shoot(page, name + "-" + mode);
        });
        page.context().close();
    }

    @Test
    @Order(9)
    void firstPaint_isQuick_andAHotTailKeepsTheTabResponsive() {
        Page page = at("#/config");
        page.locator("table").waitFor();
        page.reload();
        page.locator("table").waitFor();
        double paint = ((Number)
                        page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime"))
                .doubleValue();

        page.navigate(url("#/tail"));
        try (Load hot =
                Load.start("replay", "--sample", "60000", "--rate", "2000", "--target", "127.0.0.1:" + server.port())) {
            assertThat(page.locator(".status"))
                    .containsText(
                            Pattern.compile("skipped [\\d,]{5,}"),
                            new LocatorAssertions.ContainsTextOptions().setTimeout(30_000));
            CDPSession devtools = page.context().newCDPSession(page);
            devtools.send("Performance.enable");
            double before = busySeconds(devtools);
            long begin = System.nanoTime();
            String rows = page.locator("li.event .pos").first().textContent();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> Duration.ofNanos(System.nanoTime() - begin).toSeconds() >= 8);
            double share = (busySeconds(devtools) - before) / ((System.nanoTime() - begin) / 1e9);
            assertThat(page.locator("li.event .pos").first().textContent()).isNotEqualTo(rows);
            int onScreen = page.locator("li.event").count();
            long asked = System.nanoTime();
            page.keyboard().press("p");
            assertThat(page.locator(".status")).containsText("paused");
            long millis = Duration.ofNanos(System.nanoTime() - asked).toMillis();
            System.out.printf(
                    "first paint %.0f ms, busy %.0f %%, pause after %d ms, %d rows, %s%n",
                    paint,
                    share * 100,
                    millis,
                    onScreen,
                    page.locator(".status").textContent().replaceAll("\\s+", " "));
            assertThat(onScreen).isLessThanOrEqualTo(200);
            assertThat(share).as("share of a core that the tab takes").isLessThan(0.6);
            assertThat(millis).isLessThan(1_000);
            assertThat(hot).isNotNull();
        }
        assertThat(paint).isLessThan(PAINT_MILLIS_MAX * 2.0);
        page.context().close();
    }

    private static double busySeconds(CDPSession devtools) {
        for (com.google.gson.JsonElement metric :
                devtools.send("Performance.getMetrics").getAsJsonArray("metrics")) {
            if (metric.getAsJsonObject().get("name").getAsString().equals("TaskDuration")) {
                return metric.getAsJsonObject().get("value").getAsDouble();
            }
        }
        throw new AssertionError("no TaskDuration");
    }

    @Test
    @Order(10)
    void serverRestarts_theBannerSaysSo_andTheTailGoesOnWithoutAGap() {
        Page page = at("#/tail");
        assertThat(page.locator(".status")).containsText("live");
        page.locator("li.event").nth(20).waitFor();
        String newest = page.locator("li.event .pos").first().textContent();
        PgConnectOptions database = server.database();
        int port = server.port();
        server.stop();
        assertThat(page.locator(".banner")).containsText("does not answer");
        Browser.shoot(page, "server-away");

        server = TestServer.start(database, Map.of("server-port", Integer.toString(port)));

        assertThat(page.locator(".banner")).isHidden();
        assertThat(page.locator(".status")).containsText("live");
        page.waitForFunction("before => document.querySelector('li.event .pos').textContent !== before", newest);
        assertThat(page.evaluate(MISSING))
                .as("positions that are neither shown nor said to be skipped")
                .isEqualTo(List.of());
        // A browser says by itself that it could not connect, or was refused by a server that stops.
        assertThat(browser.complaints()).allMatch(said -> said.contains("ERR_") || said.contains("status of 503"));
        page.context().close();
    }

    private static String tokenToRead(TestServer there, String prefix) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + there.port() + "/v1/tokens"))
                .header("authorization", "Bearer " + TOKEN)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("""
                        {"token":{"displayName":"reader","grants":[{"action":"ACTION_READ","tagPrefix":"%s"}]}}""".formatted(prefix)))
                .build();
        String answer = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        return new JsonObject(answer).getString("secret");
    }

    @Test
    @Order(11)
    void withAuthentication_aFormAsksForTheToken_whichTheTabKeeps() throws Exception {
        try (TestServer closed =
                TestServer.start(server.database(), Map.of("auth-mode", "required", "auth-admin-token", TOKEN))) {
            Page page = browser.open();
            page.navigate("http://127.0.0.1:" + closed.port() + "/#/logs");
            page.locator("[name=token]").waitFor();
            Browser.requireAccessible(page, "token");
            page.locator("[name=token]").fill("not-the-token");
            page.keyboard().press("Enter");
            assertThat(page.locator(".state.failed")).containsText("does not know this token");

            page.locator("[name=token]").fill(TOKEN);
            page.keyboard().press("Enter");

            page.locator("pre.log").waitFor();
            page.reload();
            page.locator("pre.log").waitFor();
            button(page, "Sign out").click();
            page.locator("[name=token]").fill(tokenToRead(closed, "ORDER"));
            page.keyboard().press("Enter");

            page.locator("pre.log").waitFor();
            assertThat(
                            (Boolean)
                                    page.evaluate(
                                            "() => [...document.querySelectorAll('pre.log b')].every(tag => tag.textContent.startsWith('ORDER'))"))
                    .isTrue();
            page.navigate("http://127.0.0.1:" + closed.port() + "/#/config");
            assertThat(page.locator(".state.failed")).containsText("does not have the right");
            assertThat(page.locator(".facts")).containsText("Version");
            assertThat(browser.complaints()).allMatch(said -> said.contains("401") || said.contains("403"));
            page.context().close();
        }
    }
}
