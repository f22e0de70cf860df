package dev.mugv.jobs.cli;

import dev.mugv.steps.lineage.LineageEdge;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageWalk;
import java.io.PrintWriter;
import java.util.List;

/** Walks through the lineage graph in Graphviz's language; arrows lead from what was made to what it was made from. */
final class LineageDot {
    private LineageDot() {}

    static void print(List<LineageWalk> walks, PrintWriter out) {
        out.println("digraph lineage {");
        out.println("  rankdir=BT; node [shape=box, fontname=\"sans-serif\"];");
        for (LineageWalk walk : walks) {
            print(walk.start(), ", style=bold", out);
            walk.nodes().forEach(step -> print(step.node(), "", out));
            for (LineageEdge edge : walk.edges()) {
                out.println("  n%d -> n%d [label=\"%s\"];"
                        .formatted(edge.childId(), edge.parentId(), edge.role().label()));
            }
        }
        out.println("}");
    }

    private static void print(LineageNode node, String style, PrintWriter out) {
        out.println("  n%d [label=\"%s\\n%s\\n%s\"%s];"
                .formatted(node.id(), node.kind().label(), quoted(node.label()), quoted(node.shortIdentity()), style));
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ");
    }
}
