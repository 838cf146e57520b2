package io.babble.embedded;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.HTTPServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.Properties;
import org.apache.flink.metrics.prometheus.AbstractPrometheusReporter;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;
import org.apache.flink.util.NetUtils;

/**
 * Flink's Prometheus reporter on 127.0.0.1. Flink's own factory has no option for the address and binds to all
 * interfaces. Flink finds factories by {@link java.util.ServiceLoader}.
 */
public final class LoopbackPrometheusReporterFactory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
        return new Reporter(NetUtils.getPortRangeFromString(properties.getProperty("port")));
    }

    private static final class Reporter extends AbstractPrometheusReporter {
        private final HTTPServer server;

        /** On the first of these ports that is free. */
        Reporter(Iterator<Integer> ports) {
            server = start(ports, registry(this));
        }

        private static HTTPServer start(Iterator<Integer> ports, CollectorRegistry registry) {
            IOException last = null;
            while (ports.hasNext()) {
                try {
                    return new HTTPServer(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.next()), registry);
                } catch (IOException e) {
                    last = e;
                }
            }
            throw new UncheckedIOException("No port for Flink's metrics is free", last);
        }

        /** The field is visible in its own package only. */
        private static CollectorRegistry registry(AbstractPrometheusReporter reporter) {
            try {
                Field registry = AbstractPrometheusReporter.class.getDeclaredField("registry");
                registry.setAccessible(true);
                return (CollectorRegistry) registry.get(reporter);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("This version of Flink's Prometheus reporter is not supported", e);
            }
        }

        @Override
        public void close() {
            server.stop();
            super.close();
        }
    }
}
