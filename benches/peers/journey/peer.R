# Times ChannelAttribution for R on a CSV of journeys: `Rscript peer.R FILE.csv`. Prints one line of JSON.
#
# Times are the least of three runs, of the processor, without reading the file.

Sys.setenv(OMP_NUM_THREADS = "1", OPENBLAS_NUM_THREADS = "1", MKL_NUM_THREADS = "1")
suppressPackageStartupMessages(library(ChannelAttribution))

# Only the arguments that this version has.
call_with <- function(work, arguments) {
  do.call(work, arguments[names(arguments) %in% names(formals(work))])
}

timed <- function(work) {
  best <- Inf
  for (run in 1:3) {
    before <- proc.time()
    utils::capture.output(answer <- work())
    spent <- proc.time() - before
    best <- min(best, spent[["user.self"]] + spent[["sys.self"]])
  }
  list(seconds = best, answer = answer)
}

number <- function(value) format(value, digits = 15, scientific = FALSE, trim = TRUE)

quoted <- function(text) paste0("\"", gsub("\"", "\\\\\"", gsub("\\\\", "\\\\\\\\", text)), "\"")

table_of <- function(frame, conversions, value) {
  rows <- paste0(quoted(as.character(frame$channel_name)), ":[", number(frame[[conversions]]), ",", number(frame[[value]]), "]")
  paste0("{", paste(rows, collapse = ","), "}")
}

data <- utils::read.csv(commandArgs(trailingOnly = TRUE)[1], stringsAsFactors = FALSE, check.names = FALSE, encoding = "UTF-8")
seconds <- list()
told <- list()

common <- list(Data = data, var_path = "path", var_conv = "conversions", var_value = "value_minor", sep = ">",
               flg_adv = FALSE, flg_pro = FALSE)
rules <- timed(function() call_with(heuristic_models, common))
seconds[["first, last, linear"]] <- rules$seconds
for (name in c("first", "last", "linear")) {
  told[[name]] <- table_of(rules$answer, paste0(name, "_touch_conversions"), paste0(name, "_touch_value"))
}
for (order in c(1, 3)) {
  chain <- function(more = list()) {
    settings <- list(var_null = "nulls", order = order, ncore = 1, seed = 7, verbose = FALSE)
    call_with(markov_model, c(common, settings, more))
  }
  # As it comes, which is timed; and simulated for long, which is held against ours.
  once <- timed(chain)
  seconds[[paste("markov", order)]] <- once$seconds
  told[[paste("markov", order)]] <- table_of(once$answer, "total_conversions", "total_conversion_value")
  utils::capture.output(long <- chain(list(nsim_start = 1e7)))
  told[[paste("long markov", order)]] <- table_of(long, "total_conversions", "total_conversion_value")
}

fields <- function(all) paste(paste0(quoted(names(all)), ":", unlist(all)), collapse = ",")
cat(paste0("{\"peer\":\"ChannelAttribution (R)\",\"journeys\":", nrow(data), ",\"seconds\":{",
           fields(lapply(seconds, number)), "},", fields(told), "}\n"))
