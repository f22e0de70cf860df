package dev.mugv.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.PostgresFixture;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The pages as any client gets them; {@code BrowserTest} looks at them with a browser. */
class WebServerTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    static Path folder;

    private static PageClient client;
    private static HikariDataSource database;
    private static ShownRun shown;
    private static WebServer server;

    @BeforeAll
    static void serve() throws Exception {
        shown = new ShownRun(postgres.address(), Files.createDirectories(folder.resolve("workspace")));
        database = postgres.address().poolForReading(4);
        server = WebServer.start(
                new ServedRun(shown.identity(), ShownRun.nodeExclusion()), database, Endpoint.of("127.0.0.1", 0));
        client = new PageClient(server.endpoint());
    }

    @AfterAll
    static void end() {
        if (server != null) {
            server.close();
            database.close();
        }
    }

    /** From the first page by links alone, as far as they lead. */
    @Test
    void everyPageThatALinkLeadsToIsThereAndKeepsToThePolicy() throws Exception {
        Map<String, Integer> answers = new LinkedHashMap<>();
        Deque<String> open = new ArrayDeque<>(List.of("/"));
        while (!open.isEmpty() && answers.size() < 120) {
            String path = open.remove();
            if (answers.containsKey(path)) {
                continue;
            }
            HttpResponse<String> answer = client.get(path);
            answers.put(path, answer.statusCode());
            assertThat(answer.body()).as(path).doesNotContain(ShownRun.secret());
            if (answer.headers().firstValue("Content-Type").orElse("").startsWith("text/html")) {
                Document page = Jsoup.parse(answer.body());
                requireWellFormed(path, page);
                for (Element element : page.select("[href], [src]")) {
                    String link = element.hasAttr("href") ? element.attr("href") : element.attr("src");
                    if (!link.startsWith("#")) {
                        assertThat(link).as("a link of " + path).startsWith("/").doesNotStartWith("//");
                        open.add(link);
                    }
                }
            }
        }
        assertThat(answers)
                .hasSizeGreaterThan(40)
                .allSatisfy((path, status) -> assertThat(status).isEqualTo(200));
        assertThat(answers.keySet())
                .contains("/runs/demo/clips", "/nodes", shown.thumbnail(), shown.sample())
                .anyMatch(path -> path.startsWith("/lineage?id=checkpoint"))
                .anyMatch(path -> path.startsWith("/lineage/neighbours?"));
    }

    private static void requireWellFormed(String path, Document page) {
        assertThat(page.select("h1")).as(path).hasSize(1);
        assertThat(page.title()).as(path).endsWith("· mugv");
        assertThat(page.select("html").attr("lang")).as(path).isEqualTo("en");
        assertThat(page.select("main")).as(path).hasSize(1);
        assertThat(page.select("script").eachAttr("src")).as(path).allMatch("/assets/live.js"::equals);
        assertThat(page.select("script:not([src]), style, [style], iframe, object, embed"))
                .as(path)
                .isEmpty();
        assertThat(page.select("img:not([alt])")).as(path).isEmpty();
        for (Element element : page.getAllElements()) {
            assertThat(element.attributes().asList())
                    .as(path)
                    .noneMatch(a -> a.getKey().startsWith("on"));
        }
        List<String> ids = page.select("[id]").eachAttr("id");
        assertThat(ids).as(path).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/runs/demo",
                "/runs/demo/log",
                "/runs/demo/samples",
                "/runs/demo/clips",
                "/runs/demo/clips/aaaaaaaaaaaaaaaa",
                "/nodes",
                "/lineage"
            })
    void whatOthersWroteIsShownAsText(String path) throws Exception {
        HttpResponse<String> answer = client.get(path);
        assertThat(Jsoup.parse(answer.body()).text()).contains("<script>alert(1)</script>");
        assertThat(answer.body()).doesNotContain("<script>alert").doesNotContain("<img src=x");
    }

    @Test
    void aRunShowsItsStepsWhatIsUnderWayAndWhatFailed() throws Exception {
        Document page = client.page("/runs/demo");
        assertThat(page.select("#alarms strong").text()).isEqualTo(ShownRun.ALARM + ShownRun.HOSTILE);
        assertThat(page.select("#steps tbody tr").eachText())
                .anySatisfy(row -> assertThat(row).startsWith("curate-videos completed"))
                .anySatisfy(row -> assertThat(row)
                        .startsWith("pretrain-motion failed")
                        .contains("Cannot go on: <script>alert(1)</script>"));
        assertThat(page.select("#running").text())
                .contains("5 of 40 updates", "loss ", "2026-11-30T10:00:00Z " + ShownRun.HOSTILE);
        assertThat(page.select("#events").text()).contains("started on node1");
        assertThat(client.page("/").select("tbody tr").text()).contains("demo failed pipeline");
    }

    @Test
    void thePartThatChangesCanBeAskedForAlone() throws Exception {
        String part = client.get("/runs/demo?part=live").body();
        assertThat(part).contains("curate-videos").doesNotContain("<html").doesNotContain("<h1");
        Document page = client.page("/runs/demo");
        assertThat(page.select("[data-live]").attr("data-live")).isEqualTo("/runs/demo?part=live");
        assertThat(page.select("noscript").html()).contains("http-equiv=\"refresh\"");
    }

    @Test
    void clipsAreShownByDecisionWithReasonsAndNumbers() throws Exception {
        assertThat(client.page("/runs/demo/clips").select(".choices a").eachText())
                .containsExactly("all 3", "kept 1", "motion too low 1", "near-duplicate 1");
        Document rejected = client.page("/runs/demo/clips?decision=near-duplicate");
        assertThat(rejected.select(".clip")).hasSize(1);
        assertThat(rejected.select(".clip .verdict").text())
                .isEqualTo("near-duplicate: of " + ShownRun.KEPT + ", distance 3");
        Document one = client.page(rejected.select(".clip figcaption a").attr("href"));
        assertThat(one.select("#scores tbody tr").eachText()).contains("sharpness 195.200");
        assertThat(one.select("#duplicates a").text()).isEqualTo(ShownRun.KEPT);
        assertThat(one.select("img.frame").attr("src")).endsWith(ShownRun.TWIN + ".png");
    }

    @Test
    void lossesOfATrainingThatIsUnderWayEndWithItsLastWholeLine() throws Exception {
        assertThat(client.page("/runs/demo/losses").select("figure figcaption"))
                .extracting(Element::ownText)
                .containsExactly("finetune, under way", "pretrain-motion");
        assertThat(client.page("/runs/demo/losses").select("figure title").eachText())
                .anySatisfy(text -> assertThat(text).contains("finetune").contains("at update 12;"));
    }

    @Test
    void theLineageOfACheckpointIsWalkedByLinks() throws Exception {
        Document checkpoints = client.page("/runs/demo/checkpoints");
        Document checkpoint = client.page(checkpoints.select("tbody th a").attr("href"));
        assertThat(checkpoint.select("#up h3").eachText()).containsExactly("state of 1", "made by 1");
        assertThat(checkpoint.select("#up .maker").text()).isEqualTo("pretrain-motion/model #1");
        assertThat(checkpoint.select("#down h3").eachText()).containsExactly("role: evaluates 1");
        assertThat(checkpoint.select("#up .kinds").text()).contains("130 clip", "1 video", "1 manifest");

        Document training =
                client.page(checkpoint.select("svg.neighbourhood a.box").first().attr("href"));
        assertThat(training.select("h1").text()).isEqualTo("pretrain-motion");
        Document list =
                client.page(training.select("#up a:contains(training clips)").attr("href"));
        assertThat(list.select("#up .neighbours li")).hasSize(12);
        Document all = client.page(list.select("#up a:matchesOwn(^All 130$)").attr("href"));
        assertThat(all.select(".neighbours li")).hasSize(100);
        Document rest = client.page(all.select("a[rel=next]").attr("href"));
        assertThat(rest.select(".neighbours li")).hasSize(30);
        Document clip = client.page(rest.select(".neighbours a").last().attr("href"));
        assertThat(client.page(clip.select("#up .neighbours a").attr("href"))
                        .select("h1")
                        .text())
                .isEqualTo("bridge.mp4");
        Document far =
                client.page(checkpoint.select("#up .kinds a:contains(clip)").attr("href"));
        assertThat(far.select("tbody tr")).hasSize(100);
    }

    @Test
    void whatAWordStandsForIsFoundOrItsCandidatesAreShown() throws Exception {
        assertThat(client.page("/lineage?id=bridge.mp4").select("h1").text()).isEqualTo("bridge.mp4");
        Document several = client.page("/lineage?id=clip:000000000000d0");
        assertThat(several.select("h1").text()).isEqualTo("Several things are called so");
        assertThat(several.select("tbody a")).isNotEmpty();
    }

    @Test
    void whatIsNotThereIsSaidWithStatus404() throws Exception {
        Map<String, String> messages = Map.of(
                "/runs/nobody", "Cannot show run 'nobody': the database has no run of this name.",
                "/runs/demo/clips/ffff",
                        "Cannot show clip 'ffff': expected one clip of run 'demo' with that id, found 0.",
                "/lineage?id=nothing", "Cannot show the lineage of 'nothing': nothing recorded has this name",
                "/nowhere", "Cannot show '/nowhere': there is no such page.",
                "/assets/WebServer.class", "Cannot show file 'WebServer.class': there is no such file.");
        for (Map.Entry<String, String> message : messages.entrySet()) {
            HttpResponse<String> answer = client.get(message.getKey());
            assertThat(answer.statusCode()).as(message.getKey()).isEqualTo(404);
            assertThat(Jsoup.parse(answer.body()).select("main").text()).startsWith(message.getValue());
        }
        assertThat(client.get("/runs/demo/clips?page=x").statusCode()).isEqualTo(400);
        assertThat(client.get("/lineage/all?id=bridge.mp4").body())
                .contains("Cannot show this page: expected &#x27;direction&#x27;");
    }

    @Test
    void figuresForPrometheusAreGivenOut() throws Exception {
        HttpResponse<String> answer = client.get("/metrics");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain;version=0.0.4;charset=utf-8");
        assertThat(answer.body())
                .contains("mugv_attempts{run=\"demo\",state=\"open\",step=\"finetune\"} 1.0")
                .contains("mugv_goodput_ratio{run=\"demo\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "ODD"})
    void onlyQuestionsAreAnswered(String method) throws Exception {
        String answer = client.raw(method + " /runs/demo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0");
        assertThat(answer).startsWith("HTTP/1.1 405").contains("Allow: GET, HEAD");
    }

    @Test
    void everyAnswerSaysToBrowsersWhatAPageMayDo() throws Exception {
        for (String path : List.of("/", "/nowhere", "/assets/live.js", shown.sample(), "/metrics")) {
            HttpResponse<String> answer = client.get(path);
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                    .as(path)
                    .contains("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'")
                    .doesNotContain("unsafe");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(answer.headers().firstValue("Referrer-Policy")).hasValue("same-origin");
            assertThat(answer.headers().map()).doesNotContainKeys("server", "x-powered-by", "set-cookie");
        }
    }

    /** A page of others whose name was made to point here would otherwise read ours. */
    @Test
    void boundToLoopbackOnlyNamesOfThisMachineAreAnswered() throws Exception {
        for (String own : List.of("localhost", "127.0.0.1:9000", "LOCALHOST:1", "[::1]:8080")) {
            assertThat(client.raw("GET / HTTP/1.1\r\nHost: " + own)).as(own).startsWith("HTTP/1.1 200");
        }
        for (String foreign :
                List.of("evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "10.0.0.1")) {
            assertThat(client.raw("GET / HTTP/1.1\r\nHost: " + foreign))
                    .as(foreign)
                    .startsWith("HTTP/1.1 403")
                    .doesNotContain("workspace");
        }
        assertThat(client.raw("GET http://evil.example/ HTTP/1.1\r\nHost: evil.example"))
                .startsWith("HTTP/1.1 403");
    }

    @Test
    void picturesAndVideosAreSentAndVideosInRanges() throws Exception {
        HttpResponse<byte[]> picture = client.bytes(shown.thumbnail());
        assertThat(picture.headers().firstValue("Content-Type")).hasValue("image/png");
        assertThat(picture.body())
                .isEqualTo(
                        Files.readAllBytes(shown.folder("curation").resolve("thumbnails/" + ShownRun.KEPT + ".png")));

        byte[] whole = Files.readAllBytes(shown.folder("evaluation").resolve("videos/one.mp4"));
        HttpResponse<byte[]> part = client.bytes(shown.sample(), "Range", "bytes=1000-1099");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.headers().firstValue("Content-Range")).hasValue("bytes 1000-1099/" + whole.length);
        assertThat(part.headers().firstValue("Content-Type")).hasValue("video/mp4");
        assertThat(part.body()).isEqualTo(java.util.Arrays.copyOfRange(whole, 1000, 1100));
        assertThat(client.bytes(shown.sample(), "Range", "bytes=-5").body())
                .isEqualTo(java.util.Arrays.copyOfRange(whole, whole.length - 5, whole.length));
        assertThat(client.bytes(shown.sample(), "Range", "bytes=%d-".formatted(whole.length))
                        .statusCode())
                .isEqualTo(416);
        assertThat(client.raw("HEAD %s HTTP/1.1\r\nHost: localhost".formatted(shown.sample())))
                .startsWith("HTTP/1.1 200")
                .contains("Content-Length: " + whole.length, "Accept-Ranges: bytes");
    }

    @Test
    void nothingButPicturesAndVideosOfTheRunsArtifactsLeavesTheWorkspace() throws Exception {
        Path outside = Files.writeString(folder.resolve("outside.png"), ShownRun.secret());
        Path link = shown.folder("curation").resolve("thumbnails/outside.png");
        Files.delete(link);
        Files.createSymbolicLink(link, outside);
        Files.writeString(shown.folder("curation").resolve("thumbnails/unlisted.png"), ShownRun.secret());
        Path stray = Files.createDirectories(
                shown.identity().workspace().resolve("artifacts/curate-video/" + "9".repeat(16)));
        Files.writeString(stray.resolve("x.png"), ShownRun.secret());

        String curation = "/runs/demo/files/curate-video/" + shown.key("curation") + "/";
        List<String> paths = new ArrayList<>(List.of(
                curation + "thumbnails/outside.png",
                curation + "thumbnails/unlisted.png",
                curation + "notes.txt",
                curation + "video.json",
                curation + "manifest.json",
                curation + "../../../../outside.png",
                curation + "%2e%2e/%2e%2e/%2e%2e/%2e%2e/outside.png",
                curation + "..%2f..%2f..%2f..%2foutside.png",
                curation + "%252e%252e/outside.png",
                curation + "..%5c..%5coutside.png",
                curation + "%2Fetc%2Fhostname.png",
                curation + "/etc/passwd",
                curation + "thumbnails/..;/..;/outside.png",
                curation + "a%00.png",
                "/runs/demo/files/curate-video/../../../../../../etc/passwd",
                "/runs/demo/files/curate-video/%2e%2e/x.png",
                "/runs/demo/files/curate-video/" + "9".repeat(16) + "/x.png",
                "/runs/demo/files/curate-video/" + "9".repeat(64) + "/x.png",
                "/runs/demo/files/train-model/" + shown.key("model") + "/model.safetensors",
                "/runs/demo/files/train-model/" + shown.key("curation") + "/thumbnails/" + ShownRun.KEPT + ".png",
                "/runs/other/files/curate-video/" + shown.key("curation") + "/thumbnails/" + ShownRun.KEPT + ".png",
                "/runs/demo/files/../../../../etc/passwd",
                "/assets/../../../../etc/passwd",
                "/assets/%2e%2e/%2e%2e/etc/passwd"));
        for (String path : paths) {
            String answer = client.raw("GET " + path + " HTTP/1.1\r\nHost: localhost");
            assertThat(answer)
                    .as(path)
                    .matches(text -> text.startsWith("HTTP/1.1 404") || text.startsWith("HTTP/1.1 400"))
                    .doesNotContain(ShownRun.secret(), "root:", "Apache Tomcat", "\tat ");
        }
    }

    @Test
    void whatThePagesAskWithCannotChangeTheDatabase() {
        assertThatThrownBy(() -> JdbcClient.create(database)
                        .sql("DELETE FROM stage_figure")
                        .update())
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("read-only transaction");
    }

    @Test
    void anEndpointThatCannotBeHadIsSaid() throws Exception {
        ServedRun run = new ServedRun(shown.identity(), ShownRun.nodeExclusion());
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress("127.0.0.1", 0));
            assertThatThrownBy(() -> WebServer.start(run, database, Endpoint.of("127.0.0.1", taken.getLocalPort())))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageStartingWith(
                            "Cannot serve at http://127.0.0.1:" + taken.getLocalPort() + "/: expected a free port")
                    .hasMessageEndingWith("Give another by --port, or end what has it.");
        }
        assertThatThrownBy(() -> WebServer.start(run, database, Endpoint.of("192.0.2.1", 0)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageEndingWith("Correct --bind or --port.");
        assertThatThrownBy(() -> Endpoint.of("[no address", 80))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("Cannot serve at '[no address'");
        assertThatThrownBy(() -> Endpoint.of("127.0.0.1", 70_000)).isInstanceOf(WorkFailure.class);
    }
}
