package dev.mugv.jobs.cli;

import dev.mugv.steps.lineage.Direction;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageEdge;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageWalk;
import dev.mugv.steps.lineage.NodeKind;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** A walk through the lineage graph as a tree; what stands in it before is not unfolded again, and long lists are cut. */
final class LineageTree {
    /** Of more siblings of the same kind and role, only the first are shown. */
    private static final int SIBLINGS = 3;

    private static final int LINES = 200;

    private final Map<Long, LineageNode> nodes = new HashMap<>();
    private final Map<Long, List<Branch>> branches = new HashMap<>();
    private final Map<Long, JsonNode> facts;
    private final Set<Long> unfolded = new HashSet<>();
    private final List<String> lines = new ArrayList<>();

    private record Branch(EdgeRole role, long to) {}

    private record Group(EdgeRole role, NodeKind kind) {}

    /** @param facts of the nodes that are shown with theirs */
    LineageTree(LineageWalk walk, Direction direction, Map<Long, JsonNode> facts) {
        this.facts = facts;
        nodes.put(walk.start().id(), walk.start());
        walk.nodes().forEach(step -> nodes.put(step.node().id(), step.node()));
        for (LineageEdge edge : walk.edges()) {
            long from = direction == Direction.UP ? edge.childId() : edge.parentId();
            long to = direction == Direction.UP ? edge.parentId() : edge.childId();
            branches.computeIfAbsent(from, key -> new ArrayList<>()).add(new Branch(edge.role(), to));
        }
        unfolded.add(walk.start().id());
        unfold(walk.start().id(), "");
    }

    void print(PrintWriter out) {
        lines.stream().limit(LINES).forEach(out::println);
        if (lines.size() > LINES) {
            out.println("... %d more lines; narrow it by --depth, or take --json".formatted(lines.size() - LINES));
        }
    }

    private void unfold(long id, String indent) {
        Map<Group, List<Branch>> groups = new LinkedHashMap<>();
        for (Branch branch : branches.getOrDefault(id, List.of())) {
            groups.computeIfAbsent(new Group(branch.role(), node(branch).kind()), key -> new ArrayList<>())
                    .add(branch);
        }
        List<Group> order = new ArrayList<>(groups.keySet());
        for (int i = 0; i < order.size(); i++) {
            List<Branch> group = Objects.requireNonNull(groups.get(order.get(i)));
            boolean cut = group.size() > SIBLINGS + 1;
            List<Branch> shown = cut ? group.subList(0, SIBLINGS) : group;
            for (int k = 0; k < shown.size(); k++) {
                boolean last = i == order.size() - 1 && k == shown.size() - 1 && !cut;
                add(shown.get(k), indent, last);
            }
            if (cut) {
                lines.add("%s%s %s %s: %d more"
                        .formatted(
                                indent,
                                i == order.size() - 1 ? "└─" : "├─",
                                order.get(i).role().label(),
                                order.get(i).kind().label(),
                                group.size() - SIBLINGS));
            }
        }
    }

    private void add(Branch branch, String indent, boolean last) {
        LineageNode node = node(branch);
        boolean again = !unfolded.add(node.id());
        boolean hidden = again && !branches.getOrDefault(node.id(), List.of()).isEmpty();
        lines.add("%s%s %s %s%s"
                .formatted(
                        indent,
                        last ? "└─" : "├─",
                        branch.role().label(),
                        LineageWords.line(
                                node,
                                facts.getOrDefault(node.id(), tools.jackson.databind.node.MissingNode.getInstance())),
                        hidden ? "  (see above)" : ""));
        if (!again && lines.size() <= LINES) {
            unfold(node.id(), indent + (last ? "   " : "│  "));
        }
    }

    private LineageNode node(Branch branch) {
        return Objects.requireNonNull(nodes.get(branch.to()));
    }
}
