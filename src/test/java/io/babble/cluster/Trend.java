package io.babble.cluster;

import java.util.ArrayList;
import java.util.List;

/** How a measure goes over time, by least squares. */
final class Trend {
    private static final double MILLIS_PER_HOUR = 3_600_000;

    private final List<Double> hours = new ArrayList<>();
    private final List<Double> values = new ArrayList<>();

    void add(long millis, double value) {
        hours.add(millis / MILLIS_PER_HOUR);
        values.add(value);
    }

    double mean() {
        return mean(values);
    }

    /** Growth in an hour as a share of the mean. */
    double growthPerHour() {
        double meanHour = mean(hours);
        double mean = mean();
        double above = 0;
        double below = 0;
        for (int i = 0; i < values.size(); i++) {
            above += (hours.get(i) - meanHour) * (values.get(i) - mean);
            below += (hours.get(i) - meanHour) * (hours.get(i) - meanHour);
        }
        return above / below / mean;
    }

    private static double mean(List<Double> numbers) {
        return numbers.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
