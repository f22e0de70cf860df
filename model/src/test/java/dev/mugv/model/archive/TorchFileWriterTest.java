package dev.mugv.model.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.TensorPieces;
import dev.mugv.model.tensor.TensorSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That torch itself reads the files was tried by hand with torch 1.13, {@code weights_only}: see ops/bench/README.md. */
class TorchFileWriterTest {
    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadBackBitForBit() {
        Path copy = folder.resolve("copy.pt");
        try (TensorSource original = TensorFiles.open(Golden.path("pt/dit-tiny-bf16.pt"))) {
            new TorchFileWriter(original).write(copy);
            try (TensorSource written = TensorFiles.open(copy)) {
                requireEqual(written, original);
            }
        }
    }

    @Test
    void viewsOfEveryTypeAreWrittenWhole() throws Exception {
        Path copy = folder.resolve("views.pt");
        Path views = Path.of(TorchFileTest.class.getResource("views.pt").toURI());
        try (TensorSource original = TensorFiles.open(views)) {
            new TorchFileWriter(original).write(copy);
            try (TensorSource written = TensorFiles.open(copy)) {
                requireEqual(written, original);
            }
        }
    }

    @Test
    void theBytesDependOnTheContentsAlone() throws IOException {
        try (TensorSource original = TensorFiles.open(Golden.path("pt/text_features/clip_002_text.pt"))) {
            new TorchFileWriter(original).write(folder.resolve("a.pt"));
            new TorchFileWriter(original).write(folder.resolve("b.pt"));
        }
        assertThat(Files.mismatch(folder.resolve("a.pt"), folder.resolve("b.pt")))
                .isEqualTo(-1);
    }

    @Test
    void storagesAreNotCompressedAndLieOnBordersOf64Bytes() throws IOException {
        Path file = folder.resolve("aligned.pt");
        try (TensorSource original = TensorFiles.open(Golden.path("pt/text_features/clip_001_text.pt"))) {
            new TorchFileWriter(original).write(file);
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName))
                    .containsExactly(
                            "archive/data.pkl",
                            "archive/byteorder",
                            "archive/data/0",
                            "archive/data/1",
                            "archive/version");
            assertThat(zip.stream().map(ZipEntry::getMethod)).containsOnly(ZipEntry.STORED);
        }
        try (var zip = org.apache.commons.compress.archivers.zip.ZipFile.builder()
                .setPath(file)
                .get()) {
            assertThat(java.util.Collections.list(zip.getEntries()))
                    .extracting(ZipArchiveEntry::getDataOffset)
                    .allSatisfy(offset -> assertThat(offset % 64).isZero());
        }
    }

    @Test
    void aStateDictWithinADictionaryMayNameWhatIsNone() throws IOException {
        Path file = folder.resolve("model_optim_rng.pt");
        try (TensorSource original = TensorFiles.open(Golden.path("pt/text_features/clip_001_text.pt"))) {
            new TorchFileWriter(original).writeWithin("model", List.of("linear._extra_state"), file);
            try (TensorSource written = TensorFiles.open(file)) {
                requireEqual(written, original);
            }
        }
        assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("linear._extra_state");
    }

    static void requireEqual(TensorSource actual, TensorSource expected) {
        assertThat(actual.names()).containsExactlyInAnyOrderElementsOf(expected.names());
        for (String name : expected.names()) {
            assertThat(actual.type(name)).as(name).isEqualTo(expected.type(name));
            assertThat(actual.shape(name)).as(name).isEqualTo(expected.shape(name));
            assertThat(bytes(actual, name)).as(name).isEqualTo(bytes(expected, name));
        }
    }

    private static byte[] bytes(TensorSource source, String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TensorPieces.of(source, name).forEach((type, piece, elements) -> bytes.write(piece.array(), 0, piece.limit()));
        return bytes.toByteArray();
    }
}
