package dev.mugv.jobs.web;

import static j2html.TagCreator.code;
import static j2html.TagCreator.dd;
import static j2html.TagCreator.details;
import static j2html.TagCreator.dl;
import static j2html.TagCreator.dt;
import static j2html.TagCreator.each;
import static j2html.TagCreator.li;
import static j2html.TagCreator.ol;
import static j2html.TagCreator.summary;
import static j2html.TagCreator.text;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Facts of a node, nested as they are. */
final class FactList {
    private static final int OPEN_ELEMENTS = 8;
    private static final int SHOWN_ELEMENTS = 500;

    private FactList() {}

    static DomContent of(JsonNode facts) {
        return facts.isEmpty() ? Tables.note("None were recorded.") : value(facts);
    }

    private static DomContent value(JsonNode fact) {
        if (fact.isObject()) {
            List<DomContent> entries = new ArrayList<>();
            fact.properties().forEach(entry -> {
                entries.add(dt(entry.getKey()));
                entries.add(dd(value(entry.getValue())));
            });
            return dl().withClass("facts-list").with(entries);
        }
        if (fact.isArray()) {
            List<JsonNode> elements = new ArrayList<>(fact.values());
            DomContent list = ol(each(
                            elements.subList(0, Math.min(SHOWN_ELEMENTS, elements.size())),
                            element -> li(value(element))))
                    .withClass("facts-list");
            return elements.size() <= OPEN_ELEMENTS
                    ? list
                    : details(summary("%,d elements%s"
                                    .formatted(
                                            elements.size(),
                                            elements.size() > SHOWN_ELEMENTS ? ", of which the first are shown" : "")))
                            .with(list);
        }
        String word = Secrecy.veiled(fact.asString());
        return word.matches("[0-9a-f]{32,}") ? code(word) : text(word);
    }
}
