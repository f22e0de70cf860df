package dev.mugv.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.mugv.steps.database.PostgresFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The pages in a headless Chromium, clicked through as people do. */
class BrowserTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What WCAG 2.1 asks of text (AA). */
    private static final double CONTRAST = 4.5;

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    static Path folder;

    private static HikariDataSource database;
    private static ShownRun shown;
    private static WebServer server;
    private static ChromeDriver browser;

    @BeforeAll
    static void open() throws Exception {
        Assumptions.assumeTrue(
                HeadlessBrowser.isThere(), "No chromium and chromedriver on the PATH to look at pages with");
        shown = new ShownRun(postgres.address(), Files.createDirectories(folder.resolve("workspace")));
        database = postgres.address().poolForReading(4);
        server = WebServer.start(
                new ServedRun(shown.identity(), ShownRun.nodeExclusion()), database, Endpoint.of("127.0.0.1", 0));
        browser = HeadlessBrowser.open(folder.resolve("profile"));
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.quit();
        }
        if (server != null) {
            server.close();
            database.close();
        }
    }

    @Test
    void aRunIsWatchedWithoutLoadingThePageAgain() throws Exception {
        shown.progress(5);
        go("/");
        click(By.linkText("demo"));
        assertThat(text("#running")).contains("5 of 40 updates");
        browser.executeScript("window.stillTheSame = true");
        shown.progress(17);
        until(() -> text("#running").contains("17 of 40 updates"));
        assertThat(browser.findElement(By.cssSelector("#running progress")).getDomProperty("value"))
                .isEqualTo("17");
        assertThat(browser.executeScript("return window.stillTheSame")).isEqualTo(true);
        assertThat(text("#live-state")).isEqualTo("Live");
        requireQuiet();
    }

    @Test
    void theLineageOfACheckpointIsWalkedByClickingDownToTheVideo() {
        go("/runs/demo");
        click(By.linkText("Checkpoints"));
        click(By.linkText("pretrain-motion"));
        assertThat(heading()).isEqualTo("demo/pretrain-motion");
        clickBox("training pretrain-motion");
        assertThat(heading()).isEqualTo("pretrain-motion");
        clickBox("manifest training clips");
        clickBox("clip clip 000");
        clickBox("video bridge.mp4");
        assertThat(heading()).isEqualTo("bridge.mp4");
        browser.navigate().back();
        assertThat(heading()).isEqualTo("clip 000");
        WebElement search = browser.findElement(By.name("id"));
        search.sendKeys("node:node1", Keys.ENTER);
        until(() -> heading().equals("node1"));
        assertThat(text("#down")).contains("pretrain-motion/model #1");
        requireQuiet();
    }

    @Test
    void clipsAreLookedThroughByReasonAndNoCaptionBecomesAScript() {
        go("/runs/demo/clips");
        assertThat(text("main")).contains("<script>alert(1)</script>");
        click(By.partialLinkText("motion too low"));
        assertThat(browser.findElements(By.cssSelector(".clip"))).hasSize(1);
        until(
                () -> Boolean.TRUE.equals(
                        browser.executeScript(
                                "const i = document.querySelector('.clip img'); i.scrollIntoView(); return i.complete && i.naturalWidth === 192")));
        click(By.cssSelector(".clip figcaption a"));
        assertThat(text("main")).contains("motion too low", "0.1 under 0.5", "sharpness");
        requireQuiet();
    }

    @Test
    void aSampleIsPlayedFromAnyPlace() {
        go("/runs/demo/samples");
        Object seeked = browser.executeAsyncScript("""
                const done = arguments[0];
                const video = document.querySelector("video");
                const go = () => {
                  video.onseeked = () => done(video.seekable.end(0) > 1 && Math.abs(video.currentTime - 1) < 0.1);
                  video.currentTime = 1;
                };
                video.onerror = () => done("error " + (video.error && video.error.message));
                if (video.readyState >= 1) { go(); } else { video.onloadedmetadata = go; video.load(); }""");
        assertThat(seeked).isEqualTo(true);
        requireQuiet();
    }

    @Test
    void everyPlaceIsReachedByTheKeyboard() {
        go("/runs/demo/goodput");
        browser.switchTo().activeElement().sendKeys(Keys.TAB);
        WebElement skip = browser.switchTo().activeElement();
        assertThat(skip.getText()).isEqualTo("Skip to the content");
        assertThat(skip.isDisplayed()).isTrue();
        List<String> reached = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            browser.switchTo().activeElement().sendKeys(Keys.TAB);
            reached.add(browser.switchTo().activeElement().getText());
        }
        assertThat(reached).contains("Runs", "Lineage", "Nodes", "Status", "Clips", "Losses", "Samples", "Log");
        go("/lineage?id=bridge.mp4");
        WebElement box = browser.findElement(By.cssSelector("svg a.box"));
        browser.executeScript("arguments[0].focus()", box);
        new Actions(browser).sendKeys(Keys.ENTER).perform();
        until(() -> heading().startsWith("clip "));
    }

    @Test
    void textStandsOutInLightAndDark() {
        for (String scheme : List.of("light", "dark")) {
            browser.executeCdpCommand(
                    "Emulation.setEmulatedMedia",
                    Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
            for (String path :
                    List.of("/", "/runs/demo", "/runs/demo/clips", "/runs/demo/goodput", "/lineage?id=bridge.mp4")) {
                go(path);
                Object faint = browser.executeScript(FAINT_TEXT, CONTRAST);
                assertThat((List<?>) faint).as(scheme + " " + path).isEmpty();
            }
        }
    }

    @Test
    void nothingIsAskedOfAnyOtherMachine() {
        for (String path :
                List.of("/", "/runs/demo/samples", "/runs/demo/losses", "/lineage?id=bridge.mp4", "/nodes")) {
            go(path);
            List<?> asked = (List<?>)
                    browser.executeScript("return performance.getEntriesByType('resource').map(entry => entry.name)");
            assertThat(asked)
                    .as(path)
                    .isNotEmpty()
                    .allSatisfy(url -> assertThat(url.toString())
                            .startsWith(server.endpoint().url()));
        }
    }

    @Test
    void aNarrowWindowNeedsNoSidewaysScrolling() {
        browser.manage().window().setSize(new Dimension(520, 900));
        try {
            for (String path : List.of("/", "/runs/demo", "/runs/demo/samples", "/lineage?id=bridge.mp4")) {
                go(path);
                assertThat((Boolean) browser.executeScript(
                                "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                        .as(path)
                        .isTrue();
            }
        } finally {
            browser.manage().window().setSize(new Dimension(1280, 900));
        }
    }

    /** Texts whose colour is too near to that of the first opaque background behind them. */
    private static final String FAINT_TEXT = """
            const channel = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); };
            const parse = text => text.match(/[\\d.]+/g).map(Number);
            const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
            const ground = element => {
              for (let at = element; at; at = at.parentElement) {
                const c = parse(getComputedStyle(at).backgroundColor);
                if (c.length < 4 || c[3] === 1) { return c; }
              }
              return [255, 255, 255];
            };
            const faint = [];
            for (const element of document.querySelectorAll("body *:not(svg *)")) {
              const words = [...element.childNodes].filter(n => n.nodeType === 3 && n.data.trim()).map(n => n.data.trim());
              if (!words.length || !element.getClientRects().length || element.closest(".skip, noscript")) { continue; }
              const a = light(parse(getComputedStyle(element).color)), b = light(ground(element));
              const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
              if (!(ratio >= arguments[0])) { faint.push(words[0] + " " + ratio.toFixed(2)); }
            }
            return faint;""";

    private static void go(String path) {
        browser.get(server.endpoint().url().replaceFirst("/$", "") + path);
    }

    private static void click(By what) {
        browser.findElement(what).click();
    }

    /** A box of the picture, by what a screen reader says of it. */
    private static void clickBox(String name) {
        browser.findElements(By.cssSelector("svg.neighbourhood a.box")).stream()
                .filter(box -> String.valueOf(box.getDomAttribute("aria-label")).endsWith(": " + name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no box '" + name + "' at " + browser.getCurrentUrl()))
                .click();
    }

    private static String heading() {
        return text("h1");
    }

    /** The live part may be exchanged between being found and being read. */
    private static String text(String selector) {
        return String.valueOf(
                browser.executeScript("return document.querySelector(arguments[0])?.innerText ?? ''", selector));
    }

    private static void until(java.util.function.BooleanSupplier condition) {
        new WebDriverWait(browser, PATIENCE).until(looking -> condition.getAsBoolean());
    }

    /** Chromium reports here what a policy has blocked, what was not found and what a script threw. */
    private static void requireQuiet() {
        List<String> said = browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .toList();
        assertThat(said).isEmpty();
    }
}
