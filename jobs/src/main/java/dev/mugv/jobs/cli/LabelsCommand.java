package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.StageNames;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.labels.Agreement;
import dev.mugv.steps.labels.HumanStudy;
import dev.mugv.steps.labels.LabelBatch;
import dev.mugv.steps.labels.LabelItem;
import dev.mugv.steps.labels.LabelKind;
import dev.mugv.steps.labels.LabelStore.Outcome;
import dev.mugv.steps.labels.LabelTransfer.Imported;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mugv labels}. */
@Command(
        name = "labels",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Opens clips and videos for labelling, brings labels in and out, says how far annotators agree.",
        subcommands = {
            LabelsCommand.Opening.class,
            LabelsCommand.Listing.class,
            LabelsCommand.Import.class,
            LabelsCommand.Export.class,
            LabelsCommand.Agree.class,
            LabelsCommand.Study.class
        },
        footer = {
            "",
            "Examples:",
            "  mugv labels open --kind human-evaluation --name study-1",
            "  mugv labels agreement study-1",
            "  mugv labels export study-1 --to study-1.csv"
        })
final class LabelsCommand extends CommandGroup {
    /** {@code mugv labels open}. */
    @Command(
            name = "open",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Opens a batch of items for labelling, from what the run has made: clips chosen for finetuning, samples for"
                        + " preferences, samples of evaluated checkpoints.",
                "",
                "Given again with the same name and items it changes nothing."
            },
            footer = {
                "",
                "Examples:",
                "  mugv labels open --kind clip-review --name review-1 --annotators 3",
                "  mugv labels open --kind human-evaluation --name study-1"
            })
    static final class Opening implements Callable<Integer> {
        @Mixin
        private RunOptions options = new RunOptions();

        @Option(
                names = "--kind",
                required = true,
                paramLabel = "KIND",
                description = "clip-review, pairwise, absolute or human-evaluation.")
        private String kind = "";

        @Option(names = "--name", required = true, paramLabel = "NAME", description = "What to call the batch.")
        private String name = "";

        @Option(
                names = "--annotators",
                paramLabel = "COUNT",
                defaultValue = "3",
                description = "How many people label each item. Default: ${DEFAULT-VALUE}.")
        private int annotators;

        @Option(
                names = "--seed",
                paramLabel = "NUMBER",
                defaultValue = "1",
                description = "Decides sides and orders. Default: ${DEFAULT-VALUE}.")
        private long seed;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            LabelKind of = kind(kind);
            LabelAccess access = LabelAccess.open(options.select(PathCheck.SKIPPED));
            LabelBatch batch = LabelBatch.of(access.name(), of, name, annotators, seed);
            List<LabelItem> items = access.sources().items(batch, StageNames.shownBy(of));
            Outcome outcome = access.store().open(batch, items);
            PrintWriter out = spec.commandLine().getOut();
            out.println("%s '%s' of run '%s': %d items of kind %s, %d annotators each."
                    .formatted(
                            outcome == Outcome.ADDED ? "Opened labels" : "There already: labels",
                            name,
                            access.name(),
                            items.size(),
                            of.label(),
                            annotators));
            out.println("Label them at /annotate of 'mugv serve --annotate', or import them by 'mugv labels import'.");
            out.flush();
            return ExitCode.COMPLETED.code();
        }

        private static LabelKind kind(String word) {
            return LabelKind.of(word)
                    .orElseThrow(() -> new WorkFailure(
                            FailureKind.INVALID_REQUEST,
                            "Cannot open labels of kind '%s': expected one of %s. Correct --kind."
                                    .formatted(
                                            word,
                                            Arrays.stream(LabelKind.values())
                                                    .map(LabelKind::label)
                                                    .collect(Collectors.joining(", ")))));
        }
    }

    /** {@code mugv labels list}. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Lists the run's batches with how far they are.",
            footer = {"", "Examples:", "  mugv labels list", "  mugv labels list --json"})
    static final class Listing extends RunQuestion<List<Agreement>> {
        @Override
        List<Agreement> answer(SelectedRun run) {
            LabelAccess access = LabelAccess.open(run);
            return access.store().reader().batches(access.name()).stream()
                    .map(batch -> Agreement.of(access.store().reader(), batch))
                    .toList();
        }

        @Override
        void print(List<Agreement> batches, PrintWriter out) {
            out.println("%-24s %-18s %8s %9s %8s".formatted("labels", "kind", "items", "complete", "labels"));
            batches.forEach(each -> out.println(String.format(
                    Locale.ROOT,
                    "%-24s %-18s %8d %9d %8d",
                    each.batch().name(),
                    each.batch().kind().label(),
                    each.items(),
                    each.complete(),
                    each.labels())));
        }
    }

    /** {@code mugv labels import}. */
    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Imports labels from a CSV file, all of them or none. Columns: subject (of pairs first and second, in a blind"
                        + " evaluation also method), annotator, and each question by its name; item, batch and given-at may be there.",
                "",
                "Labels that stand already with the same answers are left as they are; annotators must have been invited."
            },
            footer = {"", "Examples:", "  mugv labels import review-1 labels.csv"})
    static final class Import implements Callable<Integer> {
        @Mixin
        private RunOptions options = new RunOptions();

        @Parameters(index = "0", paramLabel = "NAME", description = "The batch.")
        private String name = "";

        @Parameters(index = "1", paramLabel = "FILE", description = "The CSV file.")
        private Path file = Path.of("");

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            LabelAccess access = LabelAccess.open(options.select(PathCheck.SKIPPED));
            LabelBatch batch = access.store().reader().require(access.name(), name);
            Imported imported = access.transfer().importCsv(batch, file);
            PrintWriter out = spec.commandLine().getOut();
            out.println("Imported %d labels into '%s'; %d stood there already."
                    .formatted(imported.added(), name, imported.thereAlready()));
            out.flush();
            return ExitCode.COMPLETED.code();
        }
    }

    /** {@code mugv labels export}. */
    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Writes the labels of a batch as CSV, without those that were withdrawn.",
            footer = {"", "Examples:", "  mugv labels export study-1 --to study-1.csv"})
    static final class Export implements Callable<Integer> {
        @Mixin
        private RunOptions options = new RunOptions();

        @Parameters(paramLabel = "NAME", description = "The batch.")
        private String name = "";

        @Option(names = "--to", paramLabel = "FILE", description = "Where to; the terminal without it.")
        private @Nullable Path to;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws IOException {
            LabelAccess access = LabelAccess.open(options.select(PathCheck.SKIPPED));
            String csv = access.transfer().csv(access.store().reader().require(access.name(), name));
            PrintWriter out = spec.commandLine().getOut();
            if (to == null) {
                out.print(csv);
            } else {
                Files.writeString(to, csv, StandardCharsets.UTF_8);
                out.println("Wrote %d labels to %s.".formatted(csv.lines().count() - 1, to));
            }
            out.flush();
            return ExitCode.COMPLETED.code();
        }
    }

    /** {@code mugv labels agreement}. */
    @Command(
            name = "agreement",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description =
                    "Says how far annotators agree (Krippendorff's alpha, nominal) and what their majorities say.",
            footer = {"", "Examples:", "  mugv labels agreement review-1", "  mugv labels agreement review-1 --json"})
    static final class Agree extends RunQuestion<Agreement> {
        @Parameters(paramLabel = "NAME", description = "The batch.")
        private String name = "";

        @Override
        Agreement answer(SelectedRun run) {
            LabelAccess access = LabelAccess.open(run);
            return Agreement.of(access.store().reader(), access.store().reader().require(access.name(), name));
        }

        @Override
        void print(Agreement found, PrintWriter out) {
            LabelWords.print(found, out);
        }
    }

    /** {@code mugv labels study}. */
    @Command(
            name = "study",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Shows a blind evaluation: how often each method passed each stage by the majority, which one won on the prompts"
                        + " that two have in common, with exact intervals (95 %%), and where there are too few to say."
            },
            footer = {"", "Examples:", "  mugv labels study study-1"})
    static final class Study extends RunQuestion<HumanStudy> {
        @Parameters(paramLabel = "NAME", description = "The batch, of kind human-evaluation.")
        private String name = "";

        @Override
        HumanStudy answer(SelectedRun run) {
            LabelAccess access = LabelAccess.open(run);
            return HumanStudy.of(
                    access.store().reader(), access.store().reader().require(access.name(), name));
        }

        @Override
        void print(HumanStudy study, PrintWriter out) {
            LabelWords.print(study, out);
        }
    }
}
