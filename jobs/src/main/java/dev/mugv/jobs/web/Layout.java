package dev.mugv.jobs.web;

import static j2html.TagCreator.a;
import static j2html.TagCreator.body;
import static j2html.TagCreator.div;
import static j2html.TagCreator.document;
import static j2html.TagCreator.each;
import static j2html.TagCreator.footer;
import static j2html.TagCreator.form;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.head;
import static j2html.TagCreator.header;
import static j2html.TagCreator.html;
import static j2html.TagCreator.input;
import static j2html.TagCreator.link;
import static j2html.TagCreator.main;
import static j2html.TagCreator.meta;
import static j2html.TagCreator.nav;
import static j2html.TagCreator.p;
import static j2html.TagCreator.script;
import static j2html.TagCreator.span;
import static j2html.TagCreator.tag;
import static j2html.TagCreator.title;

import j2html.tags.DomContent;
import j2html.tags.specialized.ATag;
import java.util.ArrayList;
import java.util.List;

/** What all pages have in common. Every text goes through j2html, which escapes it; no page holds a script or a style of its own. */
final class Layout {
    /** For browsers without scripts. */
    private static final String RELOAD_SECONDS = "10";

    private static final List<Tab> PLACES =
            List.of(new Tab("/", "Runs"), new Tab("/lineage", "Lineage"), new Tab("/nodes", "Nodes"));

    private static final List<Tab> TABS = List.of(
            new Tab("", "Status"),
            new Tab("clips", "Clips"),
            new Tab("losses", "Losses"),
            new Tab("samples", "Samples"),
            new Tab("labels", "Labels"),
            new Tab("checkpoints", "Checkpoints"),
            new Tab("goodput", "Goodput"),
            new Tab("log", "Log"));

    private Layout() {}

    private record Tab(String path, String name) {}

    static String render(Page page) {
        return document(html(
                        head().with(
                                        meta().attr("charset", "utf-8"),
                                        meta().attr("name", "viewport")
                                                .attr("content", "width=device-width, initial-scale=1"),
                                        meta().attr("name", "color-scheme").attr("content", "light dark"),
                                        title(page.title() + " · mugv"),
                                        link().attr("rel", "icon")
                                                .attr("type", "image/svg+xml")
                                                .withHref("/assets/icon.svg"),
                                        link().attr("rel", "stylesheet").withHref("/assets/report.css"),
                                        link().attr("rel", "stylesheet").withHref("/assets/web.css"))
                                .with(reload(page))
                                .with(ownScript(page)),
                        body(
                                a("Skip to the content")
                                        .attr("href", "#content")
                                        .withClass("skip"),
                                masthead(page),
                                main().withId("content").with(live(page)).with(page.content()),
                                footer(p(words(page.use())))))
                .attr("lang", "en"));
    }

    private static List<DomContent> reload(Page page) {
        if (page.livePath().isEmpty()) {
            return List.of();
        }
        return List.of(
                tag("noscript").with(meta().attr("http-equiv", "refresh").attr("content", RELOAD_SECONDS)),
                script().withSrc("/assets/live.js").attr("defer"));
    }

    private static List<DomContent> ownScript(Page page) {
        return page.script().stream()
                .<DomContent>map(name -> script().withSrc("/assets/" + name).attr("defer"))
                .toList();
    }

    private static String words(Page.Use use) {
        return switch (use) {
            case READING -> "Read-only. The command line changes things: 'mugv --help' names every command.";
            case WRITING -> "What you do here is kept under your name, with its time.";
        };
    }

    private static DomContent masthead(Page page) {
        List<DomContent> lines = new ArrayList<>();
        lines.add(div().withClass("bar")
                .with(
                        a("mugv").withHref("/").withClass("brand"),
                        nav(each(
                                        PLACES,
                                        place -> marked(
                                                a(place.name()).withHref(place.path()),
                                                place.name().equals(place(page)))))
                                .attr("aria-label", "Places"),
                        search("")));
        lines.add(h1(page.title()));
        page.run()
                .ifPresent(run -> lines.add(nav(each(
                                TABS,
                                tab -> marked(
                                        a(tab.name()).withHref(Links.run(run, tab.path())),
                                        tab.path().equals(page.tab()))))
                        .withClass("tabs")
                        .attr("aria-label", "Pages of run " + run)));
        return header().with(lines);
    }

    private static String place(Page page) {
        return page.run().isPresent() ? "Runs" : page.tab();
    }

    private static ATag marked(ATag link, boolean current) {
        return current ? link.attr("aria-current", "page") : link;
    }

    /** Where an id or a name is looked up in the lineage graph. */
    static DomContent search(String word) {
        return form().withClass("search")
                .attr("role", "search")
                .withAction("/lineage")
                .withMethod("get")
                .with(input().withType("search")
                        .withName("id")
                        .withValue(word)
                        .attr("placeholder", "hash, step, video, node:name")
                        .attr("aria-label", "Look up in the lineage"));
    }

    private static List<DomContent> live(Page page) {
        return page.livePath()
                .<List<DomContent>>map(path -> List.of(
                        p(span("").withClass("lamp").attr("aria-hidden", "true"), span("").withId("live-state"))
                                .withClass("live-state")
                                .attr("role", "status"),
                        div().withId("live")
                                .attr("data-live", Links.query(path, "part", "live"))
                                .with(page.live())))
                .orElseGet(List::of);
    }
}
