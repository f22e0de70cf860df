package dev.mugv.jobs.web;

import static j2html.TagCreator.a;
import static j2html.TagCreator.dd;
import static j2html.TagCreator.dl;
import static j2html.TagCreator.dt;
import static j2html.TagCreator.img;
import static j2html.TagCreator.nav;
import static j2html.TagCreator.p;
import static j2html.TagCreator.span;
import static j2html.TagCreator.text;
import static j2html.TagCreator.tr;

import dev.mugv.jobs.query.ClipQuery.ClipLine;
import dev.mugv.jobs.query.ClipQuery.ClipStory;
import dev.mugv.steps.lineage.NodeKey;
import j2html.tags.DomContent;
import j2html.tags.specialized.ATag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** Clips, what was decided about them, and the numbers behind it. */
final class ClipView {
    private ClipView() {}

    /** How many clips there are of each decision, each a link to these alone. */
    static DomContent decisions(String run, SortedMap<String, Long> counts, String chosen) {
        String path = Links.run(run, "clips");
        long total = counts.values().stream().mapToLong(Long::longValue).sum();
        List<DomContent> links = new ArrayList<>();
        links.add(choice("all", total, path, chosen.isEmpty()));
        counts.forEach((decision, count) ->
                links.add(choice(decision, count, Links.query(path, "decision", decision), decision.equals(chosen))));
        return nav().withClass("choices").attr("aria-label", "Decisions").with(links);
    }

    private static DomContent choice(String name, long count, String path, boolean chosen) {
        ATag link = a(text(name + " "), span("%,d".formatted(count)).withClass("count"))
                .withHref(path);
        return chosen ? link.attr("aria-current", "true") : link;
    }

    /**
     * Everything known of one clip.
     *
     * @param lineage its node, if it has one
     */
    static List<DomContent> story(String run, ClipStory story, Optional<String> picture, Optional<NodeKey> lineage) {
        ClipLine clip = story.clip();
        List<DomContent> parts = new ArrayList<>();
        picture.ifPresent(file -> parts.add(
                img().withSrc(file).withAlt("A frame of clip " + clip.clip()).withClass("frame")));
        parts.add(dl().withClass("head").with(facts(story)));
        List<DomContent> ways = new ArrayList<>();
        lineage.ifPresent(node -> ways.addAll(
                List.of(a("What it was made from, and what it touched").withHref(Links.node(node)), text(" · "))));
        ways.add(a("Clips of the run").withHref(Links.run(run, "clips")));
        parts.add(p().with(ways));
        if (!story.duplicates().isEmpty()) {
            parts.add(Tables.section(
                    "duplicates",
                    "Near-duplicates",
                    List.of(Tables.of(
                            "Clips that show the same, the nearest first.",
                            List.of("Clip", "#Distance"),
                            story.duplicates().stream()
                                    .map(twin -> duplicate(run, twin))
                                    .toList()))));
        }
        if (!story.scores().isEmpty()) {
            parts.add(Tables.section(
                    "scores",
                    "Scores",
                    List.of(Tables.of(
                            "Everything that was measured, thresholds or not.",
                            List.of("Measure", "#Value"),
                            story.scores().entrySet().stream()
                                    .map(score -> tr(
                                            Tables.name(text(score.getKey())),
                                            Tables.number(String.format(Locale.ROOT, "%.6g", score.getValue()))))
                                    .toList()))));
        }
        return parts;
    }

    private static List<DomContent> facts(ClipStory story) {
        ClipLine clip = story.clip();
        List<DomContent> facts = new ArrayList<>(List.of(
                dt("Decision"),
                dd(Tables.state(clip.decision()), text(story.detail().isEmpty() ? "" : " " + story.detail())),
                dt("Video"),
                dd(clip.video()),
                dt("Frames"),
                dd(String.format(
                        Locale.ROOT, "%d to %d (%.2f s)", clip.firstFrame(), clip.endFrame() - 1, clip.seconds()))));
        if (clip.decision().equals("kept")) {
            facts.addAll(List.of(
                    dt("Weight"),
                    dd(String.format(Locale.ROOT, "%.4g", story.weight())),
                    dt("Finetuning"),
                    dd(story.finetuning())));
        }
        if (!clip.caption().isEmpty()) {
            facts.addAll(List.of(
                    dt("Caption"),
                    dd(clip.caption() + " (" + story.captionOrigin() + ")"),
                    dt("Tags"),
                    dd(story.tags())));
        }
        return facts;
    }

    private static DomContent duplicate(String run, Map<String, Object> twin) {
        String other = String.valueOf(twin.get("clip"));
        return tr(
                Tables.name(a(other).withHref(Links.clip(run, other))),
                Tables.number(String.valueOf(twin.get("distance"))));
    }
}
