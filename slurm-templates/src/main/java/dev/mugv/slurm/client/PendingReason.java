package dev.mugv.slurm.client;

import java.util.List;
import java.util.Locale;

/**
 * Why Slurm lets a job wait, in plain words (squeue manual, JOB REASON CODES).
 *
 * @param code Slurm's own word, as it was given
 * @param meaning in plain words
 * @param outlook what will become of it if nobody does anything
 * @param action what to do next
 */
public record PendingReason(String code, String meaning, Outlook outlook, String action) {
    private static final String WAIT = "Nothing is to be done.";

    /** In this order: the first whose word the code begins with. */
    private static final List<Entry> TABLE = List.of(
            new Entry("None", "Slurm's scheduler has not looked at it yet", Outlook.STARTS, WAIT),
            new Entry(
                    "Priority",
                    "jobs with a higher priority go first",
                    Outlook.STARTS,
                    "Look at it with 'sprio -j JOB'; a shorter time limit may let it slip in between."),
            new Entry(
                    "Resources",
                    "no node has enough free CPUs, memory or GPUs at the moment",
                    Outlook.STARTS,
                    "Nothing is to be done; 'squeue --start -j JOB' gives Slurm's guess."),
            new Entry(
                    "JobArrayTaskLimit",
                    "as many elements of its array are at work as slurm.parallel allows",
                    Outlook.STARTS,
                    "Raise slurm.parallel for what is submitted next, or wait."),
            new Entry(
                    "DependencyNeverSatisfied",
                    "it waits for a job that will never end as it must",
                    Outlook.STUCK,
                    "Cancel it with 'mugv cancel JOB'; mugv itself sets no dependency on work."),
            new Entry(
                    "Dependency",
                    "another job must end first",
                    Outlook.STARTS,
                    "See which with 'scontrol show job JOB'."),
            new Entry(
                    "BeginTime",
                    "it may not start before a certain time; Slurm sets one of up to two minutes after a requeue",
                    Outlook.STARTS,
                    WAIT),
            new Entry(
                    "JobHeldUser",
                    "somebody with your account has put it on hold",
                    Outlook.STUCK,
                    "Release it with 'scontrol release JOB'."),
            new Entry(
                    "JobHeldAdmin",
                    "an administrator has put it on hold",
                    Outlook.STUCK,
                    "Ask the administrators why; only they can release it."),
            new Entry(
                    "launch failed requeued held",
                    "a node could not start it, and Slurm put it back on hold",
                    Outlook.STUCK,
                    "A controller at work releases it by itself up to five times; after that look at the node, then 'scontrol release JOB'."),
            new Entry(
                    "JobHoldMaxRequeue",
                    "Slurm has put it back too often and holds it",
                    Outlook.STUCK,
                    "Look at the nodes where it ran ('mugv why JOB'), then 'scontrol release JOB'."),
            new Entry(
                    "QOSMaxJobsPerUserLimit",
                    "you have as many jobs at work as your QOS allows",
                    Outlook.STARTS,
                    "It starts when one of yours ends; lower slurm.parallel to share, or ask for another QOS."),
            new Entry(
                    "QOSMaxSubmitJob",
                    "you have as many jobs in the queue as your QOS allows",
                    Outlook.STARTS,
                    "Wait for others to end, or set slurm.array-size to less than the limit."),
            new Entry(
                    "QOSMaxWall",
                    "its time limit is longer than the QOS allows",
                    Outlook.STUCK,
                    "Lower time-limit under slurm, cancel it with 'mugv cancel JOB', and give the command again."),
            new Entry(
                    "QOSTimeLimit",
                    "its time limit is longer than the QOS allows",
                    Outlook.STUCK,
                    "Lower time-limit under slurm, cancel it with 'mugv cancel JOB', and give the command again."),
            new Entry(
                    "QOSGrp",
                    "all users of the QOS together are at a limit of it",
                    Outlook.STARTS,
                    "See which with 'sacctmgr show qos'; wait, or ask for another QOS."),
            new Entry(
                    "QOSMax",
                    "it, or all of yours together, asks for more than the QOS allows",
                    Outlook.MAY_BE_STUCK,
                    "Compare with 'sacctmgr show qos'; ask for less, or for another QOS."),
            new Entry(
                    "QOSMin",
                    "it asks for less than the QOS demands",
                    Outlook.STUCK,
                    "Ask for more, or for another QOS."),
            new Entry(
                    "QOSUsageThreshold",
                    "the account has used so much that this QOS takes no more of it",
                    Outlook.MAY_BE_STUCK,
                    "Ask for another QOS or account."),
            new Entry(
                    "QOSNotAllowed",
                    "the Slurm partition does not take this QOS",
                    Outlook.STUCK,
                    "Correct qos or partition under slurm."),
            new Entry(
                    "AssocMaxJobsLimit",
                    "you have as many jobs at work as your account allows",
                    Outlook.STARTS,
                    "It starts when one of yours ends."),
            new Entry(
                    "AssocMaxWall",
                    "its time limit is longer than your account allows",
                    Outlook.STUCK,
                    "Lower time-limit under slurm, cancel it with 'mugv cancel JOB', and give the command again."),
            new Entry(
                    "AssocGrp",
                    "all users of your account together are at a limit of it (CPUs, GPUs, memory or hours)",
                    Outlook.MAY_BE_STUCK,
                    "See which with 'sacctmgr show assoc account=ACCOUNT'; hours come back only with the next period, so ask for more or use another account."),
            new Entry(
                    "AssocMax",
                    "it, or all of yours together, asks for more than your account allows",
                    Outlook.MAY_BE_STUCK,
                    "Compare with 'sacctmgr show assoc user=YOU'; ask for less."),
            new Entry(
                    "AssociationJobLimit",
                    "your account is at its limit of jobs",
                    Outlook.STARTS,
                    "It starts when another ends."),
            new Entry(
                    "AssociationResourceLimit",
                    "your account is at its limit of resources",
                    Outlook.MAY_BE_STUCK,
                    "See which with 'sacctmgr show assoc'."),
            new Entry(
                    "AssociationTimeLimit",
                    "your account has no time left",
                    Outlook.STUCK,
                    "Ask for more, or use another account under slurm."),
            new Entry(
                    "ReqNodeNotAvail",
                    "nodes that it needs are down, drained or reserved for something else, often maintenance",
                    Outlook.MAY_BE_STUCK,
                    "See 'sinfo -R' and 'scontrol show reservation'; a time limit that ends before a reservation begins lets it start."),
            new Entry(
                    "ReservationDeleted",
                    "its reservation is gone",
                    Outlook.STUCK,
                    "Correct reservation under slurm, cancel it with 'mugv cancel JOB', and give the command again."),
            new Entry(
                    "Reservation", "its reservation has not begun", Outlook.STARTS, "See 'scontrol show reservation'."),
            new Entry(
                    "PartitionTimeLimit",
                    "its time limit is longer than the Slurm partition allows",
                    Outlook.STUCK,
                    "Lower time-limit under slurm, cancel it with 'mugv cancel JOB', and give the command again."),
            new Entry(
                    "PartitionNodeLimit",
                    "it asks for more nodes than the Slurm partition gives to one job",
                    Outlook.STUCK,
                    "Ask for fewer nodes or another partition, cancel it with 'mugv cancel JOB', and give the command again."),
            new Entry(
                    "PartitionConfig",
                    "it asks for what the Slurm partition never gives (nodes or time)",
                    Outlook.STUCK,
                    "Compare with 'scontrol show partition', correct slurm, cancel it with 'mugv cancel JOB', and give the command again."),
            new Entry(
                    "PartitionDown",
                    "the Slurm partition takes no work at the moment",
                    Outlook.STARTS,
                    "Ask the administrators until when."),
            new Entry(
                    "PartitionInactive",
                    "the Slurm partition starts nothing at the moment",
                    Outlook.STARTS,
                    "Ask the administrators until when."),
            new Entry("NodeDown", "a node that it needs is down", Outlook.MAY_BE_STUCK, "See 'sinfo -R'."),
            new Entry(
                    "Nodes required",
                    "nodes that it needs are down, drained or kept for higher partitions",
                    Outlook.MAY_BE_STUCK,
                    "See 'sinfo -R'."),
            new Entry(
                    "BadConstraints",
                    "no node has what its constraint asks for",
                    Outlook.STUCK,
                    "Correct constraint under slurm (see 'sinfo -o %f'), cancel it with 'mugv cancel JOB', and give the command again."),
            new Entry(
                    "Licenses",
                    "licences that it asks for are in use",
                    Outlook.STARTS,
                    "See 'scontrol show licenses'."),
            new Entry(
                    "MaxMemPerLimit",
                    "it asks for more memory than the Slurm partition gives for a CPU or node",
                    Outlook.STUCK,
                    "Lower memory or raise cpus under slurm, cancel it with 'mugv cancel JOB', and give the command again."),
            new Entry(
                    "InvalidAccount",
                    "its account may not be used any more",
                    Outlook.STUCK,
                    "Correct account under slurm, cancel it with 'mugv cancel JOB', and give the command again."),
            new Entry(
                    "InvalidQOS",
                    "its QOS may not be used any more",
                    Outlook.STUCK,
                    "Correct qos under slurm, cancel it with 'mugv cancel JOB', and give the command again."),
            new Entry("FrontEndDown", "the cluster's front end is down", Outlook.STARTS, "Ask the administrators."),
            new Entry("Prolog", "a node is being prepared for it", Outlook.STARTS, WAIT),
            new Entry("Cleaning", "what is left of an earlier run is being cleaned up", Outlook.STARTS, WAIT),
            new Entry("BurstBuffer", "data are being staged for it", Outlook.STARTS, WAIT),
            new Entry(
                    "SystemFailure",
                    "Slurm itself, its file system or network failed",
                    Outlook.MAY_BE_STUCK,
                    "Ask the administrators."),
            new Entry(
                    "DeadLine",
                    "it can no longer end before its deadline",
                    Outlook.STUCK,
                    "Remove --deadline from slurm.options, and give the command again."));

    /** What becomes of a job for whom nobody does anything. */
    public enum Outlook {
        STARTS,
        /** It starts only if something changes that may never change by itself. */
        MAY_BE_STUCK,
        /** It waits for ever. */
        STUCK
    }

    /**
     * Reads Slurm's word.
     *
     * @param code reason of squeue, for example {@code ReqNodeNotAvail, UnavailableNodes:node[1-2]}
     */
    public static PendingReason of(String code) {
        String word = code.strip().replaceAll("^\\(|\\)$", "");
        String lower = word.toLowerCase(Locale.ROOT).replace('_', ' ');
        for (Entry entry : TABLE) {
            if (lower.startsWith(entry.word().toLowerCase(Locale.ROOT))) {
                return new PendingReason(word, entry.meaning(), entry.outlook(), entry.action());
            }
        }
        return new PendingReason(
                word,
                "Slurm says '" + word + "', which this build does not know",
                Outlook.MAY_BE_STUCK,
                "See the squeue manual, JOB REASON CODES.");
    }

    private record Entry(String word, String meaning, Outlook outlook, String action) {}
}
