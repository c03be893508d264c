/**
 * One sentence or two per error code: what was tried, what happened, what to do. `{name}` is filled from the fault's subject
 * (`…_bytes` as a size, `…_ms` as a duration); where a figure is missing, the host's own sentence is shown instead. Codes that
 * only carry a sentence of the moment (`app.form`, `app.told`, `sandbox.unsupported`) are not here for that reason.
 */
export const faults: Readonly<Record<string, string>> = {
  'app.answering':
    'The model is still writing an answer, here or in another conversation. Wait, or stop that answer first.',
  'app.message_empty': 'Write something first.',
  'app.message_too_long':
    'This message has {bytes} with its files; {most_bytes} are allowed. Shorten it, or send it in parts.',
  'app.message_files': 'A message may bring {most} files, each with a name. Take some away.',
  'app.context_full':
    'This conversation is longer than the model can read. Begin a new one, or shorten the message.',
  'app.title': 'A title has 1 to {most} characters. Nothing was changed.',
  'app.choice':
    'This must be between {least} and {most} for this model. Nothing was changed; choose a value in between.',
  'app.closing': 'Canteen is closing. Start it again to go on.',
  'app.doubtful_home':
    'CANTEEN_HOME names {path}, which holds more than Canteen’s data. Nothing was removed.',
  'app.in_use': 'A model is running or being installed. Stop it or wait for it, then move the models.',
  'app.keeps_place':
    'Canteen runs already and its host keeps its place. Try again in a moment; if it stays so, quit it from its tray menu.',
  'app.managed': 'The catalogue is set by your organisation and cannot be changed here.',
  'app.managed_broken':
    'The file {file} of your organisation cannot be used ({because}). What it said before stays in force; tell IT.',
  'app.managed_setting': 'This setting is set by your organisation and cannot be changed here.',
  'app.move_begun': 'A move to another folder was begun before. Go on with it or give it up first.',
  'app.moving':
    'The models are being moved to another folder. Wait for the end of it, or give the move up in the settings.',
  'app.no_window': 'Canteen runs without a window here. Start the desktop app to open one.',
  'app.hazardous':
    'The file of this model has something in it that was not accepted when it was approved, so it is not used. Tell IT.',
  'app.not_installed': '{name} is not installed on this computer. Install it first.',
  'app.not_joined':
    'This computer has not joined a catalogue yet. Ask IT for the link and the root file, then join in the settings.',
  'app.out_of_bounds':
    'This must be between {least} and {most}. Nothing was changed; choose a value in between.',
  'app.unknown':
    'There is no such {kind} any more. It may have been removed meanwhile; look at the list again.',
  'app.wrong_root':
    'The root file is not the one that IT named. Nothing was changed; ask IT for the file again.',

  'catalogue.bad_location':
    'The place of the catalogue is not one that Canteen can read. Ask IT for the right link.',
  'catalogue.bad_root':
    'The root file that this computer was given cannot be trusted. Ask IT for the right root file.',
  'catalogue.expired':
    'The catalogue could not be updated: its {role} file is out of date. Canteen keeps the last good catalogue; check again later, or tell IT.',
  'catalogue.kept_damaged':
    'The kept copy of the catalogue is damaged and was not used. Check for updates to fetch it again.',
  'catalogue.malformed':
    'The catalogue was refused: a part of it cannot be read. Canteen keeps the last good catalogue; tell IT.',
  'catalogue.many_roots':
    'The catalogue’s keys changed more than {followed} times since the last check. Check again to go on from there.',
  'catalogue.missing':
    'The catalogue was refused: a part of it is missing where it is published. Canteen keeps the last good catalogue; tell IT.',
  'catalogue.mixed':
    'The catalogue was refused: its parts do not belong together. Canteen keeps the last good catalogue; check again later, or tell IT.',
  'catalogue.not_joined':
    'This computer has not joined a catalogue yet, so nothing can be verified. Ask IT for the link and the root file.',
  'catalogue.rolled_back':
    'The catalogue was refused: version {offered} of its {role} file was offered, and version {trusted} is known already. Canteen keeps the last good catalogue; tell IT.',
  'catalogue.signature_twice':
    'The catalogue was refused: one key signed its {role} file twice. Canteen keeps the last good catalogue; tell IT.',
  'catalogue.signature_wrong':
    'The catalogue was refused: its {role} file has {found} of {threshold} good signatures. Canteen keeps the last good catalogue; tell IT.',
  'catalogue.store_failed':
    'The catalogue was fetched and could not be kept. Canteen goes on with the last good one; check again.',
  'catalogue.too_large':
    'The catalogue was refused: a part of it is longer than {limit_bytes}. Canteen keeps the last good catalogue; tell IT.',
  'catalogue.unreachable':
    'The catalogue could not be reached. Canteen keeps the last good one; check the connection, then try again.',
  'catalogue.version_refused':
    'The catalogue was refused: version {offered} of its {role} file does not follow version {trusted}. Canteen keeps the last good catalogue; tell IT.',

  'host.connection_lost': 'The connection to Canteen broke. Start Canteen again.',
  'host.frame_too_large':
    'This is more than Canteen can take at once ({bytes}). Shorten it, or send it in parts.',
  'host.not_running': 'Canteen is not running. Start it again.',
  'host.stranger':
    'What answers in Canteen’s place belongs to another user. Canteen does not talk to it; tell IT.',
  'internal.failed':
    'Something in Canteen itself failed. What you did may not be complete; try again, and tell IT if it happens again.',

  'keyring.damaged':
    'The file with Canteen’s key is damaged. Restore it from a backup; without it the store cannot be read.',
  'keyring.file_missing':
    'The file with Canteen’s key is missing. Restore it from a backup; without it the store cannot be read.',
  'keyring.key_lost':
    'The key of Canteen’s store is no longer in your keyring, so the store cannot be read. Restore the keyring, or ask IT.',
  'keyring.locked':
    'Your keyring is locked, so Canteen cannot read the key of its encrypted store. Unlock the keyring; Canteen goes on by itself.',
  'keyring.no_service':
    'No keyring answers on this computer, so Canteen cannot keep its key there. Start one (GNOME Keyring, KWallet or KeePassXC), or choose a passphrase.',
  'keyring.not_working':
    'The keyring does not keep what it is given, so Canteen does not trust it with its key. Choose a passphrase, or tell IT.',
  'keyring.passphrase_needed': 'Canteen’s store on this computer opens with a passphrase.',
  'keyring.timed_out':
    'The keyring did not answer within {limit_s} seconds. It may be waiting for you to unlock it; Canteen tries again.',
  'keyring.weak_passphrase': 'The passphrase is too short: it needs at least {least_characters} characters.',
  'keyring.wrong_passphrase':
    'This passphrase does not open Canteen’s key. Check the keyboard layout, then try again.',

  'library.altered':
    'The file of this model was changed after it was approved, so it was not used. Install it again.',
  'library.away':
    'The folder of the models is not there. Connect its disk, or choose another folder in the settings.',
  'library.busy': 'This model is being installed already.',
  'library.cancelled': 'Stopped.',
  'library.disk_full':
    'There is not enough room for this model: {needs_bytes} are needed and {free_bytes} are free. Make room, then try again; what was fetched is kept.',
  'library.folder_denied': 'Canteen may not write there. Choose a folder of your own.',
  'library.folder_nested': 'The models lie in this folder, or around it, already. Choose another one.',
  'library.folder_network':
    'This folder lies on a network. A model is read whole at every start; choose a folder on a disk of this computer.',
  'library.folder_no_folder': 'This is not a folder. Choose a folder, or a name that is still free.',
  'library.folder_not_empty':
    'This folder is not empty, and what lies there is not Canteen’s. Choose an empty folder, or a new one.',
  'library.folder_relative':
    'This is not a whole path. Write it from the beginning, for example /media/disk/models.',
  'library.folder_too_small':
    'There is not enough room there for all models: {needs_bytes} are needed and {free_bytes} are free. Choose another disk, or make room.',
  'library.io': 'The model’s file could not be written or read. Check the disk, then try again.',
  'library.missing': 'This model is not on this computer. Install it first.',
  'library.source_gone':
    '{source} could not be reached ({why}). Check the connection, then try again; what was fetched is kept.',
  'library.source_refused':
    '{source} did not give the model ({why}). Try again later; if it stays so, tell IT.',
  'library.too_large':
    '{source} offers more than the approved {expected_bytes}, so this copy was refused. Tell IT: the file there was replaced.',
  'library.too_slow':
    '{source} was too slow: hardly anything came in {window_ms}. Try again later; what was fetched is kept.',
  'library.truncated':
    'The copy at {source} ends after {found_bytes} of {expected_bytes}. Tell IT: it is not complete.',
  'library.wrong_digest':
    'The bytes from {source} are not the approved ones, so they were deleted. Try again; if it happens again, tell IT: the copy there was altered or damaged.',

  'notify.no_daemon': 'This desktop shows no notifications. Canteen keeps its messages in this window.',
  'notify.timed_out':
    'The desktop did not show the notification in time. Canteen keeps its message in this window.',

  'os.link_refused':
    'This link is not opened: only web pages and mail addresses are, and only in their plain form. Copy it if you trust it.',
  'os.computer_unknown': 'Canteen could not find out how much memory this computer has. Tell IT.',
  'os.disk_full': 'The disk is full. Make room, then try again.',
  'os.managed_unsafe':
    'A file with rules of your organisation could be written by others than an administrator, so Canteen does not use it. Tell IT.',
  'os.no_entropy': 'The system gave no random bytes, so nothing was done. Restart the computer.',

  'policy.catalogue_expired':
    'The catalogue has been out of date for longer than your organisation allows. Check for updates, or tell IT.',
  'policy.catalogue_stale':
    'The catalogue is out of date, so nothing new is fetched. Models that are installed still run. Check for updates.',
  'policy.licence_not_accepted': 'The licence of this model must be read and accepted first.',
  'policy.no_catalogue':
    'There is no verified catalogue yet, so nothing is approved. Check for updates, or ask IT for the link to join.',
  'policy.not_for_engine': 'This model does not chat: it is a file for your own tools.',
  'policy.refused': 'Your organisation’s rules do not allow this. Ask IT why.',
  'policy.not_for_group':
    'This model is approved for other groups in your organisation, not for yours. Ask IT for it, or pick another one.',
  'policy.withdrawn':
    'This model is no longer in the catalogue, so it does not start. Ask IT why, or pick another one.',

  'runner.busy': 'The model is still writing its last answer. Wait for it, or stop it.',
  'runner.conversation_too_long': 'The conversation is too long to be sent to the model. Start a new one.',
  'runner.crashed': 'The engine ended unexpectedly. What was written is kept; ask again to start it anew.',
  'runner.ended': 'The model is not running any more. Ask again to start it.',
  'runner.file_changed':
    'The model file changed while it was in use, so the model was stopped. Install it again.',
  'runner.idle': 'The model was not used for a while and was unloaded. Ask again to start it.',
  'runner.limit': 'The answer passed a limit of time or length and was ended. Ask again, perhaps for less.',
  'runner.model_refused':
    'The model file could not be read by the engine. Remove it and install it again; if it stays so, tell IT.',
  'runner.not_ready': 'The model is not ready yet. Wait until it has loaded.',
  'runner.nothing_asked': 'There is nothing to answer yet. Write a message first.',
  'runner.out_of_memory':
    'The model needed more memory than it may use. Close other programs, or pick a smaller model.',
  'runner.quit': 'The model was stopped because Canteen ended.',
  'runner.recalled': 'Your organisation recalled this model, so it was stopped. Pick another one.',
  'runner.refused_by_policy': 'Your organisation no longer allows this model. Ask IT why.',
  'runner.sandbox_missing':
    'This computer cannot lock the engine in, and your organisation requires that. Nothing was started; ask IT.',
  'runner.sandbox_violation':
    'The engine tried something that it must not do and was ended at once. Nothing left this computer; tell IT.',
  'runner.start_failed':
    'The model was not started, because the system refused. Close other programs, then try again.',
  'runner.stopped_by_person': 'The model was stopped.',
  'runner.ticket_mismatch':
    'The model was not started, because its {what} changed while it was being checked. Try again.',

  'sandbox.no_program':
    'The model was not started, because a part of Canteen is missing: its engine. Install Canteen again, or tell IT.',
  'sandbox.not_a_child': 'This program is a part of Canteen and cannot be started by hand.',
  'sandbox.parent_gone': 'The engine ended, because the program that started it is gone.',
  'sandbox.start_failed': 'The engine could not be started. Try again; if it stays so, tell IT.',
  'sandbox.too_late': 'The engine could not be locked in, so it was not used. Tell IT.',

  'store.audit': 'This could not be written into the log, so it was not done. Tell IT.',
  'store.bad_meta':
    'The file {name} beside Canteen’s store is damaged. Put back a backup, or ask IT; nothing was changed.',
  'store.bad_row': 'A row in the store’s table “{table}” cannot be read. The rest is fine; ask IT.',
  'store.busy': 'Another program is using Canteen’s store. Close it, then try again.',
  'store.closed': 'The store is closed because Canteen is ending. Start it again.',
  'store.damaged':
    'Canteen’s store on this computer is damaged, so it is not opened. Nothing was changed; put back a backup, or ask IT.',
  'store.disk_full':
    'The disk is full, so this was not saved. What was saved before is safe; make room, then try again.',
  'store.exists': 'There is a store on this computer already; it is never replaced.',
  'store.io': 'The store could not be read or written. Try again; if it stays so, ask IT.',
  'store.migration_changed':
    'Canteen’s store was set up by a different build (step {version} differs). It is not opened; install the released version.',
  'store.missing':
    'Canteen’s store is missing although its key is there: it was moved or deleted. Put it back, or ask IT; no new store is made in silence.',
  'store.newer_version':
    'Canteen’s store was written by a newer version ({found}; this one knows up to {known}). Update Canteen; nothing was changed.',
  'store.refused': 'The store refused this. Try again; if it stays so, ask IT.',
  'store.too_long': 'This is longer than the store keeps. Shorten it, then try again.',
  'store.wrong_key':
    'The key is not that of Canteen’s store on this computer: it belongs to another one, or a backup was put back. Nothing was changed; ask IT.',

  'watch.changed': '{path} changed while it was read. Wait until it is whole, then try again.',
  'watch.empty': '{path} is empty. Wait until it is whole, or name another file.',
  'watch.no_file': '{path} is not a file. Name the model file itself.',
  'watch.not_absolute':
    '“{given}” does not say where the file lies. Give its whole path, beginning with / or ~/.',
  'watch.not_started': 'Canteen cannot look for models on this computer: its watch did not start. Tell IT.',
  'watch.not_there': 'There is no file {path}. Check the path, then try again.',
  'watch.too_large':
    '{path} has {bytes}: that is more than any model, so it is not read. Name the model file itself.',
  'watch.unreadable': '{path} cannot be read. Check that you may open it, then try again.',

  'window.copy_failed': 'This could not be copied. Select the text and copy it by hand.',
  'window.timed_out': 'Canteen did not answer in time. Try again; if it stays so, restart Canteen.',
  'window.unexpected':
    'The window and Canteen did not understand each other. Close the window and open it again.',
}
