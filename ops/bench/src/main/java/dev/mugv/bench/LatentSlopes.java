package dev.mugv.bench;

import dev.mugv.model.convert.ChannelSpreads;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.run.Json;
import dev.mugv.model.tensor.SafetensorsFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Prints by what slopes the import tells normalised latents from others, on real ones: arguments the folder of the VAE, then
 * folders of shards that it encoded. Each latent is measured as it is, de-normalised, and normalised a second time.
 */
public final class LatentSlopes {
    private enum State {
        NORMALISED,
        NOT_NORMALISED,
        TWICE_NORMALISED
    }

    private LatentSlopes() {}

    public static void main(String[] arguments) {
        VaeDescription vae = Json.read(Path.of(arguments[0]).resolve(VaeDescription.FILE_NAME), VaeDescription.class);
        for (State state : State.values()) {
            List<Double> slopes = new ArrayList<>();
            int silent = 0;
            for (String shard : Arrays.asList(arguments).subList(1, arguments.length)) {
                try (SafetensorsFile file =
                        SafetensorsFile.open(Path.of(shard).resolve(LatentShard.LATENTS_FILE_NAME))) {
                    for (String name : file.names()) {
                        OptionalDouble slope = slope(file.floats(name), vae, state);
                        slope.ifPresent(slopes::add);
                        silent += slope.isPresent() ? 0 : 1;
                    }
                }
            }
            DoubleSummaryStatistics statistics =
                    slopes.stream().mapToDouble(Double::doubleValue).summaryStatistics();
            System.out.printf(
                    "%-16s %4d latents: slope %6.3f, from %6.3f to %6.3f; %d without a slope%n",
                    state,
                    slopes.size() + silent,
                    statistics.getAverage(),
                    statistics.getMin(),
                    statistics.getMax(),
                    silent);
        }
    }

    private static OptionalDouble slope(float[] latent_CFHW, VaeDescription vae, State state) {
        int channels = vae.scale().size();
        int perChannel = latent_CFHW.length / channels;
        ChannelSpreads spreads = new ChannelSpreads(channels);
        for (int i = 0; i < latent_CFHW.length; i++) {
            int channel = i / perChannel;
            float shift = vae.shift().get(channel);
            float scale = vae.scale().get(channel);
            float value = latent_CFHW[i];
            spreads.add(
                    channel,
                    switch (state) {
                        case NORMALISED -> value;
                        case NOT_NORMALISED -> value * scale + shift;
                        case TWICE_NORMALISED -> (value - shift) / scale;
                    });
        }
        return spreads.slope(vae.scale());
    }
}
