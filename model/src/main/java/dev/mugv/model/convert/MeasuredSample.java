package dev.mugv.model.convert;

import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.format.ImportDataRequest.Normalisation;
import dev.mugv.model.format.ImportedData;
import dev.mugv.model.format.ImportedData.Found;
import dev.mugv.model.format.ImportedData.Looks;
import dev.mugv.model.format.ImportedData.Mark;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TensorPieces;
import dev.mugv.model.tensor.TensorSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A sample whose values have been read once and are finite.
 *
 * @param sample its shapes
 * @param description what is recorded of it
 */
record MeasuredSample(ImportedSample sample, ImportedData.Sample description) {
    /**
     * Reads all values of a sample.
     *
     * @param scales of the VAE's normalisation
     * @throws WorkFailure of kind INVALID_REQUEST naming the file and the element that is not finite
     */
    static MeasuredSample of(ImportedSample sample, Normalisation normalisation, List<Float> scales) {
        ListedSample listed = sample.listed();
        ChannelSpreads spreads = new ChannelSpreads(VaeSize.LATENT_CHANNELS);
        try (TensorSource latent = TensorFiles.open(listed.latent())) {
            long perChannel = sample.latent_CFHW().size() / VaeSize.LATENT_CHANNELS;
            requireFinite(
                    latent, sample.latentName(), (element, value) -> spreads.add((int) (element / perChannel), value));
        }
        try (TensorSource text = TensorFiles.open(listed.text())) {
            requireFinite(text, sample.featuresName(), (element, value) -> {});
        }
        OptionalDouble slope = spreads.slope(scales);
        return new MeasuredSample(
                sample,
                new ImportedData.Sample(
                        listed.id(),
                        Sha256.ofFile(listed.latent()),
                        listed.mark(),
                        found(listed.mark(), normalisation),
                        ChannelSpreads.looks(slope),
                        slope.isPresent() ? Optional.of(slope.getAsDouble()) : Optional.empty()));
    }

    /** Whether its numbers look otherwise than what it is taken for. */
    boolean isContradicted() {
        Looks expected = description.found() == Found.NORMALISED ? Looks.NORMALISED : Looks.NOT_NORMALISED;
        return description.looks() != Looks.UNCLEAR && description.looks() != expected;
    }

    /** For example {@code clip_000: marked real, looks normalised}. */
    String contradiction() {
        return "%s: marked %s, looks %s"
                .formatted(description.sampleId(), words(description.mark()), words(description.looks()));
    }

    private interface Values {
        void take(long element, float value);
    }

    private static void requireFinite(TensorSource source, String name, Values values) {
        long[] done = {0};
        TensorPieces.of(source, name).forEach((type, piece, elements) -> {
            for (int i = 0; i < elements; i++) {
                float value = type.real(piece, i);
                if (!Float.isFinite(value)) {
                    throw new WorkFailure(
                            FailureKind.INVALID_REQUEST,
                            "Cannot import '%s': it holds %s at element %d, expected finite numbers. Make it again, or leave the sample out."
                                    .formatted(source.path(), value, done[0] + i));
                }
                values.take(done[0] + i, value);
            }
            done[0] += elements;
        });
    }

    private static Found found(Mark mark, Normalisation normalisation) {
        return switch (normalisation) {
            case NORMALISED -> Found.NORMALISED;
            case NOT_NORMALISED -> Found.NOT_NORMALISED;
            case CHECKED_MARKS, TRUSTED_MARKS -> mark == Mark.REAL ? Found.NOT_NORMALISED : Found.NORMALISED;
        };
    }

    private static String words(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
