package dev.mugv.model.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.format.ConvertModelRequest;
import dev.mugv.model.format.ImportDataRequest;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.ToolKind;
import dev.mugv.model.tensor.Golden;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tools that convert and import files, as the command line calls them. */
class FileToolsTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

    @Test
    void convertingSaysWhatWasConvertedAndHowFarItIs() {
        assertThat(convert(Golden.path("pt/dit-tiny-bf16.pt"), 80)).isZero();
        assertThat(text(out))
                .isEqualTo("%s: MUG-DiT, width 144, 2 layers, text width 64; 63 tensors, %,d values, %,d bytes%n"
                        .formatted(folder.resolve("dit.safetensors"), 983_856, 2 * 983_856));
        assertThat(text(progress)).contains("checking  [", "writing   [####################] 100 %");
    }

    /** The clock stands still: only what is due at once is drawn. */
    @Test
    void progressIsDrawnWhereThereIsATerminalAndWrittenNowAndThenElsewhere() {
        Instant[] now = {Instant.EPOCH};
        for (int columns : new int[] {80, 0}) {
            ToolTerminal terminal = new ToolTerminal(new PrintStream(out), new PrintStream(progress), columns);
            try (ProgressLine line = new ProgressLine(terminal, () -> now[0])) {
                line.show("reading", 0, 100, "0 of 100");
                line.show("reading", 1, 100, "1 of 100");
                now[0] = now[0].plusSeconds(20);
                line.show("reading", 20, 100, "20 of 100");
                line.show("reading", 100, 100, "100 of 100");
            }
        }
        assertThat(text(progress))
                .isEqualTo("\r\u001b[Kreading   [--------------------]   0 %  0 of 100"
                        + "\r\u001b[Kreading   [####----------------]  20 %  20 of 100"
                        + "\r\u001b[Kreading   [####################] 100 %  100 of 100"
                        + "\r\u001b[K"
                        + "reading: 20 %, 20 of 100" + System.lineSeparator());
    }

    @Test
    void aRefusalIsTheMessageAlone() {
        assertThat(convert(folder.resolve("absent.pt"), 0)).isEqualTo(FailureKind.INVALID_REQUEST.exitCode());
        assertThat(text(out)).isEmpty();
        assertThat(text(progress).lines())
                .containsExactly("Cannot read '%s': there is no such file. Correct its path."
                        .formatted(folder.resolve("absent.pt")));
    }

    @Test
    void importingCountsWhatWasNormalisedAndWhatIsOfEachShape() {
        ImportDataRequest request = new ImportDataRequest(
                Golden.path("pt"),
                folder.resolve("shards"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                24,
                64,
                ImportDataRequest.Normalisation.CHECKED_MARKS,
                ImportDataRequest.BadSamples.REFUSE);
        assertThat(run(ToolKind.IMPORT_DATA, request, 0)).isZero();
        assertThat(text(out).lines())
                .containsExactly(
                        "%s: 4 samples in 1 shards; 0 normalised by this import, 4 normalised before"
                                .formatted(folder.resolve("shards")),
                        "       1 of 32x48x16@24.0",
                        "       1 of 48x32x32@24.0",
                        "       1 of 48x48x24@24.0",
                        "       1 of 64x64x1@24.0");
    }

    private int convert(Path from, int columns) {
        ConvertModelRequest request = new ConvertModelRequest(
                from,
                folder.resolve("dit.safetensors"),
                ConvertModelRequest.Format.SAFETENSORS,
                ConvertModelRequest.Precision.KEEP,
                1,
                ConvertModelRequest.Keys.KNOWN);
        return run(ToolKind.CONVERT_MODEL, request, columns);
    }

    private int run(ToolKind kind, Object request, int columns) {
        ToolTerminal terminal = new ToolTerminal(new PrintStream(out), new PrintStream(progress), columns);
        return ToolMain.run(new String[] {kind.label(), Json.text(request)}, terminal);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
