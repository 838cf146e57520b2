package io.babble.cluster;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Looks into another JVM of this machine. */
final class Vitals implements AutoCloseable {
    private static final String RSS = "VmRSS:";

    private final long pid;
    private final JMXConnector connector;
    private final MemoryMXBean memory;
    private final ThreadMXBean threads;
    private final List<MemoryPoolMXBean> pools;

    @SuppressWarnings("BanJNDI") // the address is that of a process of ours
    Vitals(long pid) throws Exception {
        this.pid = pid;
        VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
        String address = machine.startLocalManagementAgent();
        machine.detach();
        connector = JMXConnectorFactory.connect(new JMXServiceURL(address));
        MBeanServerConnection beans = connector.getMBeanServerConnection();
        memory = ManagementFactory.getPlatformMXBean(beans, MemoryMXBean.class);
        threads = ManagementFactory.getPlatformMXBean(beans, ThreadMXBean.class);
        pools = ManagementFactory.getPlatformMXBeans(beans, MemoryPoolMXBean.class);
    }

    /**
     * Heap after a collection, metaspace and resident memory in bytes, and the number of threads except those of this
     * query.
     */
    Map<String, Double> take() throws IOException {
        memory.gc();
        double metaspace = pools.stream()
                .filter(pool -> pool.getName().equals("Metaspace"))
                .mapToDouble(pool -> pool.getUsage().getUsed())
                .sum();
        return Map.of(
                "heap",
                (double) memory.getHeapMemoryUsage().getUsed(),
                "metaspace",
                metaspace,
                "threads",
                (double) threads().values().stream().mapToLong(Long::longValue).sum(),
                "resident",
                resident());
    }

    /**
     * How many threads there are of each name, numbers left out; without those that come and go with the looks
     * themselves.
     */
    Map<String, Long> threads() {
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(Objects::nonNull)
                .map(ThreadInfo::getThreadName)
                .filter(name -> !name.startsWith("RMI ") && !name.startsWith("JMX "))
                .collect(groupingBy(name -> name.replaceAll("[0-9]+", "N"), TreeMap::new, counting()));
    }

    private double resident() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith(RSS)) {
                return Double.parseDouble(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        throw new IOException("No " + RSS + " for process " + pid);
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
