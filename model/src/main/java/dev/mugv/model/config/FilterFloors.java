package dev.mugv.model.config;

import java.util.Map;
import java.util.TreeMap;

/**
 * Floors of every filter on the planted set; a filter under its floor ends the job. The defaults are what was measured on clips of many
 * kinds, less a missed one in ten.
 *
 * @param hardCuts abrupt changes of shot
 * @param dissolves gradual changes from picture to picture
 * @param fades gradual changes by way of black or white
 * @param sharpness blur
 * @param exposure too dark, too bright
 * @param motion pictures that stand still
 * @param aesthetic pictures without light, contrast and colour
 * @param borderShare black borders
 * @param shake shaking
 * @param repeatedShare slowed down by repeated frames
 * @param textArea text laid over the picture; judged only with a model of it
 * @param duplicates near-duplicates
 */
public record FilterFloors(
        FilterFloor hardCuts,
        FilterFloor dissolves,
        FilterFloor fades,
        FilterFloor sharpness,
        FilterFloor exposure,
        FilterFloor motion,
        FilterFloor aesthetic,
        FilterFloor borderShare,
        FilterFloor shake,
        FilterFloor repeatedShare,
        FilterFloor textArea,
        FilterFloor duplicates) {
    /** Floors by the name of the filter. */
    public Map<String, FilterFloor> byFilter() {
        Map<String, FilterFloor> floors = new TreeMap<>();
        floors.put("hard-cuts", hardCuts);
        floors.put("dissolves", dissolves);
        floors.put("fades", fades);
        floors.put("sharpness", sharpness);
        floors.put("exposure", exposure);
        floors.put("motion", motion);
        floors.put("aesthetic", aesthetic);
        floors.put("border-share", borderShare);
        floors.put("shake", shake);
        floors.put("repeated-share", repeatedShare);
        floors.put("text-area", textArea);
        floors.put("duplicates", duplicates);
        return floors;
    }
}
