/** Ein Satz oder zwei je Fehlercode; Regeln und Platzhalter stehen in `faults.en.ts`. */
export const faults: Readonly<Record<string, string>> = {
  'app.answering':
    'Das Modell schreibt noch an einer Antwort, hier oder in einer anderen Unterhaltung. Warten Sie, oder stoppen Sie zuerst diese Antwort.',
  'app.message_empty': 'Schreiben Sie zuerst etwas.',
  'app.message_too_long':
    'Diese Nachricht hat mit ihren Dateien {bytes}; erlaubt sind {most_bytes}. Kürzen Sie sie, oder senden Sie sie in Teilen.',
  'app.message_files':
    'Eine Nachricht kann {most} Dateien mitbringen, jede mit einem Namen. Entfernen Sie einige.',
  'app.context_full':
    'Diese Unterhaltung ist länger, als das Modell lesen kann. Beginnen Sie eine neue, oder kürzen Sie die Nachricht.',
  'app.title': 'Ein Titel hat 1 bis {most} Zeichen. Es wurde nichts geändert.',
  'app.choice':
    'Das muss bei diesem Modell zwischen {least} und {most} liegen. Es wurde nichts geändert; wählen Sie einen Wert dazwischen.',
  'app.closing': 'Canteen wird gerade beendet. Starten Sie es neu, um weiterzumachen.',
  'app.in_use':
    'Ein Modell läuft oder wird installiert. Stoppen Sie es, oder warten Sie darauf; verschieben Sie die Modelle dann.',
  'app.doubtful_home':
    'CANTEEN_HOME nennt {path}, und dort liegt mehr als Daten von Canteen. Es wurde nichts entfernt.',
  'app.keeps_place':
    'Canteen läuft schon und gibt seinen Platz nicht frei. Versuchen Sie es gleich noch einmal; wenn es so bleibt, beenden Sie es über das Menü im Infobereich.',
  'app.managed': 'Den Katalog legt Ihre Organisation fest; er kann hier nicht geändert werden.',
  'app.managed_broken':
    'Die Datei {file} Ihrer Organisation ist nicht brauchbar. Was vorher darin stand, gilt weiter; sagen Sie der IT Bescheid.',
  'app.managed_setting':
    'Diese Einstellung legt Ihre Organisation fest; sie kann hier nicht geändert werden.',
  'app.move_begun':
    'Ein Verschieben in einen anderen Ordner wurde schon begonnen. Setzen Sie es zuerst fort, oder geben Sie es auf.',
  'app.moving':
    'Die Modelle werden gerade in einen anderen Ordner verschoben. Warten Sie das Ende ab, oder geben Sie es in den Einstellungen auf.',
  'app.no_window': 'Canteen läuft hier ohne Fenster. Starten Sie die Desktop-App, um eines zu öffnen.',
  'app.hazardous':
    'In der Datei dieses Modells ist etwas, das bei der Freigabe nicht hingenommen wurde; sie wird deshalb nicht verwendet. Sagen Sie es der IT.',
  'app.not_installed': '{name} ist auf diesem Computer nicht installiert. Installieren Sie es zuerst.',
  'app.not_joined':
    'Dieser Computer ist noch keinem Katalog beigetreten. Lassen Sie sich von der IT den Link und die Stammdatei geben, und treten Sie in den Einstellungen bei.',
  'app.out_of_bounds':
    'Der Wert muss zwischen {least} und {most} liegen. Nichts wurde geändert; wählen Sie einen Wert dazwischen.',
  'app.unknown':
    '{kind} gibt es nicht mehr, vielleicht wurde inzwischen etwas entfernt. Sehen Sie noch einmal in der Liste nach.',
  'app.wrong_root':
    'Die Stammdatei ist nicht die, die die IT genannt hat. Nichts wurde geändert; bitten Sie die IT noch einmal um die Datei.',

  'catalogue.bad_location':
    'Den Ort des Katalogs kann Canteen nicht lesen. Bitten Sie die IT um den richtigen Link.',
  'catalogue.bad_root':
    'Der Stammdatei, die dieser Computer bekam, kann nicht vertraut werden. Bitten Sie die IT um die richtige Stammdatei.',
  'catalogue.expired':
    'Der Katalog konnte nicht aktualisiert werden: Seine Datei „{role}“ ist abgelaufen. Canteen behält den letzten guten Katalog; suchen Sie später erneut nach Aktualisierungen, oder sagen Sie der IT Bescheid.',
  'catalogue.kept_damaged':
    'Die aufbewahrte Kopie des Katalogs ist beschädigt und wurde nicht verwendet. Suchen Sie nach Aktualisierungen, um ihn neu zu holen.',
  'catalogue.malformed':
    'Der Katalog wurde abgelehnt: Ein Teil davon ist nicht lesbar. Canteen behält den letzten guten Katalog; sagen Sie der IT Bescheid.',
  'catalogue.many_roots':
    'Die Schlüssel des Katalogs haben sich seit der letzten Prüfung öfter als {followed}-mal geändert. Prüfen Sie erneut, um von dort weiterzugehen.',
  'catalogue.missing':
    'Der Katalog wurde abgelehnt: Wo er veröffentlicht ist, fehlt ein Teil davon. Canteen behält den letzten guten Katalog; sagen Sie der IT Bescheid.',
  'catalogue.mixed':
    'Der Katalog wurde abgelehnt: Seine Teile gehören nicht zusammen. Canteen behält den letzten guten Katalog; prüfen Sie später erneut, oder sagen Sie der IT Bescheid.',
  'catalogue.not_joined':
    'Dieser Computer ist noch keinem Katalog beigetreten, deshalb kann nichts geprüft werden. Bitten Sie die IT um den Link und die Stammdatei.',
  'catalogue.rolled_back':
    'Der Katalog wurde abgelehnt: Angeboten wurde Version {offered} seiner Datei „{role}“, bekannt ist schon Version {trusted}. Canteen behält den letzten guten Katalog; sagen Sie der IT Bescheid.',
  'catalogue.signature_twice':
    'Der Katalog wurde abgelehnt: Ein Schlüssel hat seine Datei „{role}“ zweimal signiert. Canteen behält den letzten guten Katalog; sagen Sie der IT Bescheid.',
  'catalogue.signature_wrong':
    'Der Katalog wurde abgelehnt: Seine Datei „{role}“ hat {found} von {threshold} gültigen Signaturen. Canteen behält den letzten guten Katalog; sagen Sie der IT Bescheid.',
  'catalogue.store_failed':
    'Der Katalog wurde geholt, konnte aber nicht gespeichert werden. Canteen arbeitet mit dem letzten guten weiter; prüfen Sie erneut.',
  'catalogue.too_large':
    'Der Katalog wurde abgelehnt: Ein Teil davon ist länger als {limit_bytes}. Canteen behält den letzten guten Katalog; sagen Sie der IT Bescheid.',
  'catalogue.unreachable':
    'Der Katalog war nicht erreichbar. Canteen behält den letzten guten; prüfen Sie die Verbindung und versuchen Sie es noch einmal.',
  'catalogue.version_refused':
    'Der Katalog wurde abgelehnt: Version {offered} seiner Datei „{role}“ folgt nicht auf Version {trusted}. Canteen behält den letzten guten Katalog; sagen Sie der IT Bescheid.',

  'host.connection_lost': 'Die Verbindung zu Canteen ist abgerissen. Starten Sie Canteen neu.',
  'host.frame_too_large':
    'Das ist mehr, als Canteen auf einmal annehmen kann ({bytes}). Kürzen Sie es, oder senden Sie es in Teilen.',
  'host.not_running': 'Canteen läuft nicht. Starten Sie es neu.',
  'host.stranger':
    'Was an Canteens Stelle antwortet, gehört einem anderen Benutzer. Canteen spricht nicht damit; sagen Sie der IT Bescheid.',
  'internal.failed':
    'In Canteen selbst ist etwas fehlgeschlagen. Was Sie getan haben, ist vielleicht nicht vollständig; versuchen Sie es noch einmal, und sagen Sie der IT Bescheid, wenn es wieder geschieht.',

  'keyring.damaged':
    'Die Datei mit Canteens Schlüssel ist beschädigt. Stellen Sie sie aus einer Sicherung wieder her; ohne sie ist der Datenspeicher nicht lesbar.',
  'keyring.file_missing':
    'Die Datei mit Canteens Schlüssel fehlt. Stellen Sie sie aus einer Sicherung wieder her; ohne sie ist der Datenspeicher nicht lesbar.',
  'keyring.key_lost':
    'Der Schlüssel zu Canteens Datenspeicher ist nicht mehr in Ihrem Schlüsselbund, deshalb ist der Speicher nicht lesbar. Stellen Sie den Schlüsselbund wieder her, oder fragen Sie die IT.',
  'keyring.locked':
    'Ihr Schlüsselbund ist gesperrt, deshalb kann Canteen den Schlüssel seines verschlüsselten Datenspeichers nicht lesen. Entsperren Sie den Schlüsselbund; Canteen macht von selbst weiter.',
  'keyring.no_service':
    'Auf diesem Computer antwortet kein Schlüsselbund, deshalb kann Canteen seinen Schlüssel dort nicht ablegen. Starten Sie einen (GNOME-Schlüsselbund, KWallet oder KeePassXC), oder wählen Sie eine Passphrase.',
  'keyring.not_working':
    'Der Schlüsselbund behält nicht, was man ihm gibt, deshalb vertraut Canteen ihm seinen Schlüssel nicht an. Wählen Sie eine Passphrase, oder sagen Sie der IT Bescheid.',
  'keyring.passphrase_needed':
    'Canteens Datenspeicher auf diesem Computer wird mit einer Passphrase geöffnet.',
  'keyring.timed_out':
    'Der Schlüsselbund hat nicht innerhalb von {limit_s} Sekunden geantwortet. Vielleicht wartet er darauf, dass Sie ihn entsperren; Canteen versucht es weiter.',
  'keyring.weak_passphrase': 'Die Passphrase ist zu kurz: Sie braucht mindestens {least_characters} Zeichen.',
  'keyring.wrong_passphrase':
    'Diese Passphrase öffnet Canteens Schlüssel nicht. Prüfen Sie die Tastaturbelegung und versuchen Sie es noch einmal.',

  'library.altered':
    'Die Datei dieses Modells wurde nach der Freigabe verändert und deshalb nicht verwendet. Installieren Sie es neu.',
  'library.away':
    'Der Ordner der Modelle ist nicht da. Schließen Sie den Datenträger an, oder wählen Sie in den Einstellungen einen anderen Ordner.',
  'library.busy': 'Dieses Modell wird schon installiert.',
  'library.cancelled': 'Abgebrochen.',
  'library.disk_full':
    'Für dieses Modell ist nicht genug Platz: {needs_bytes} werden gebraucht, {free_bytes} sind frei. Schaffen Sie Platz und versuchen Sie es noch einmal; was schon geladen wurde, bleibt erhalten.',
  'library.folder_denied': 'Canteen darf dort nicht schreiben. Wählen Sie einen eigenen Ordner.',
  'library.folder_nested':
    'Die Modelle liegen schon in diesem Ordner oder um ihn herum. Wählen Sie einen anderen.',
  'library.folder_network':
    'Dieser Ordner liegt in einem Netz. Ein Modell wird bei jedem Start ganz gelesen; wählen Sie einen Ordner auf einem Datenträger dieses Computers.',
  'library.folder_no_folder':
    'Das ist kein Ordner. Wählen Sie einen Ordner oder einen Namen, der noch frei ist.',
  'library.folder_not_empty':
    'Dieser Ordner ist nicht leer, und was darin liegt, ist nicht von Canteen. Wählen Sie einen leeren oder neuen Ordner.',
  'library.folder_relative':
    'Das ist kein ganzer Pfad. Schreiben Sie ihn von Anfang an, zum Beispiel /media/disk/models.',
  'library.folder_too_small':
    'Dort ist nicht genug Platz für alle Modelle: {needs_bytes} werden gebraucht, {free_bytes} sind frei. Wählen Sie einen anderen Datenträger, oder schaffen Sie Platz.',
  'library.io':
    'Die Datei des Modells konnte nicht geschrieben oder gelesen werden. Prüfen Sie den Datenträger und versuchen Sie es noch einmal.',
  'library.missing': 'Dieses Modell ist nicht auf diesem Computer. Installieren Sie es zuerst.',
  'library.source_gone':
    '{source} war nicht erreichbar. Prüfen Sie die Verbindung und versuchen Sie es noch einmal; was schon geladen wurde, bleibt erhalten.',
  'library.source_refused':
    '{source} hat das Modell nicht herausgegeben. Versuchen Sie es später noch einmal; wenn es so bleibt, sagen Sie der IT Bescheid.',
  'library.too_large':
    '{source} bietet mehr an als die freigegebenen {expected_bytes}, deshalb wurde diese Kopie abgelehnt. Sagen Sie der IT Bescheid: Die Datei dort wurde ausgetauscht.',
  'library.too_slow':
    '{source} war zu langsam: In {window_ms} kam kaum etwas an. Versuchen Sie es später noch einmal; was schon geladen wurde, bleibt erhalten.',
  'library.truncated':
    'Die Kopie bei {source} endet nach {found_bytes} von {expected_bytes}. Sagen Sie der IT Bescheid: Sie ist nicht vollständig.',
  'library.wrong_digest':
    'Die Bytes von {source} sind nicht die freigegebenen und wurden deshalb gelöscht. Versuchen Sie es noch einmal; wenn es wieder geschieht, sagen Sie der IT Bescheid: Die Kopie dort wurde verändert oder beschädigt.',

  'notify.no_daemon':
    'Dieser Desktop zeigt keine Benachrichtigungen. Canteen behält seine Mitteilungen in diesem Fenster.',
  'notify.timed_out':
    'Der Desktop hat die Benachrichtigung nicht rechtzeitig gezeigt. Canteen behält die Mitteilung in diesem Fenster.',

  'os.link_refused':
    'Dieser Link wird nicht geöffnet: Geöffnet werden nur Webseiten und E-Mail-Adressen in ihrer einfachen Form. Kopieren Sie ihn, wenn Sie ihm vertrauen.',
  'os.computer_unknown':
    'Canteen konnte nicht feststellen, wie viel Arbeitsspeicher dieser Computer hat. Sagen Sie der IT Bescheid.',
  'os.disk_full': 'Der Datenträger ist voll. Schaffen Sie Platz und versuchen Sie es noch einmal.',
  'os.managed_unsafe':
    'Eine Datei mit Regeln Ihrer Organisation könnte von anderen als einem Administrator geschrieben werden, deshalb verwendet Canteen sie nicht. Sagen Sie der IT Bescheid.',
  'os.no_entropy':
    'Das System lieferte keine Zufallsbytes, deshalb wurde nichts getan. Starten Sie den Computer neu.',

  'policy.catalogue_expired':
    'Der Katalog ist länger veraltet, als Ihre Organisation erlaubt. Suchen Sie nach Aktualisierungen, oder sagen Sie der IT Bescheid.',
  'policy.catalogue_stale':
    'Der Katalog ist veraltet, deshalb wird nichts Neues geladen. Installierte Modelle laufen weiter. Suchen Sie nach Aktualisierungen.',
  'policy.licence_not_accepted': 'Die Lizenz dieses Modells muss zuerst gelesen und akzeptiert werden.',
  'policy.no_catalogue':
    'Es gibt noch keinen geprüften Katalog, deshalb ist nichts freigegeben. Suchen Sie nach Aktualisierungen, oder bitten Sie die IT um den Link zum Beitreten.',
  'policy.not_for_engine':
    'Mit diesem Modell kann man nicht chatten: Es ist eine Datei für Ihre eigenen Werkzeuge.',
  'policy.refused': 'Die Regeln Ihrer Organisation erlauben das nicht. Fragen Sie die IT nach dem Grund.',
  'policy.not_for_group':
    'Dieses Modell ist für andere Gruppen Ihrer Organisation freigegeben, nicht für Ihre. Bitten Sie die IT darum, oder wählen Sie ein anderes.',
  'policy.withdrawn':
    'Dieses Modell ist nicht mehr im Katalog und startet deshalb nicht. Fragen Sie die IT nach dem Grund, oder wählen Sie ein anderes.',

  'runner.busy':
    'Das Modell schreibt noch an seiner letzten Antwort. Warten Sie darauf, oder stoppen Sie sie.',
  'runner.conversation_too_long':
    'Die Unterhaltung ist zu lang, um sie dem Modell zu senden. Beginnen Sie eine neue.',
  'runner.crashed':
    'Die Engine endete unerwartet. Was geschrieben wurde, bleibt erhalten; fragen Sie noch einmal, um sie neu zu starten.',
  'runner.ended': 'Das Modell läuft nicht mehr. Fragen Sie noch einmal, um es zu starten.',
  'runner.file_changed':
    'Die Modelldatei änderte sich, während sie verwendet wurde; deshalb wurde das Modell gestoppt. Installieren Sie es neu.',
  'runner.idle':
    'Das Modell wurde eine Weile nicht benutzt und aus dem Speicher genommen. Fragen Sie noch einmal, um es zu starten.',
  'runner.limit':
    'Die Antwort überschritt eine Grenze für Zeit oder Länge und wurde beendet. Fragen Sie noch einmal, vielleicht nach weniger.',
  'runner.model_refused':
    'Die Engine konnte die Modelldatei nicht lesen. Entfernen Sie das Modell und installieren Sie es neu; wenn es so bleibt, sagen Sie der IT Bescheid.',
  'runner.not_ready': 'Das Modell ist noch nicht bereit. Warten Sie, bis es geladen ist.',
  'runner.nothing_asked': 'Es gibt noch nichts zu beantworten. Schreiben Sie zuerst eine Nachricht.',
  'runner.out_of_memory':
    'Das Modell brauchte mehr Arbeitsspeicher, als es verwenden darf. Schließen Sie andere Programme, oder wählen Sie ein kleineres Modell.',
  'runner.quit': 'Das Modell wurde gestoppt, weil Canteen beendet wurde.',
  'runner.recalled':
    'Ihre Organisation hat dieses Modell zurückgerufen, deshalb wurde es gestoppt. Wählen Sie ein anderes.',
  'runner.refused_by_policy':
    'Ihre Organisation erlaubt dieses Modell nicht mehr. Fragen Sie die IT nach dem Grund.',
  'runner.sandbox_missing':
    'Dieser Computer kann die Engine nicht abschirmen, und Ihre Organisation verlangt das. Nichts wurde gestartet; fragen Sie die IT.',
  'runner.sandbox_violation':
    'Die Engine versuchte etwas, das sie nicht darf, und wurde sofort beendet. Nichts hat diesen Computer verlassen; sagen Sie der IT Bescheid.',
  'runner.start_failed':
    'Das Modell wurde nicht gestartet, weil das System es ablehnte. Schließen Sie andere Programme und versuchen Sie es noch einmal.',
  'runner.stopped_by_person': 'Das Modell wurde gestoppt.',
  'runner.ticket_mismatch':
    'Das Modell wurde nicht gestartet, weil sich {what} während der Prüfung geändert hat. Versuchen Sie es noch einmal.',

  'sandbox.no_program':
    'Das Modell wurde nicht gestartet, weil ein Teil von Canteen fehlt: seine Engine. Installieren Sie Canteen neu, oder sagen Sie der IT Bescheid.',
  'sandbox.not_a_child': 'Dieses Programm ist ein Teil von Canteen und kann nicht von Hand gestartet werden.',
  'sandbox.parent_gone': 'Die Engine endete, weil das Programm, das sie gestartet hat, nicht mehr läuft.',
  'sandbox.start_failed':
    'Die Engine konnte nicht gestartet werden. Versuchen Sie es noch einmal; wenn es so bleibt, sagen Sie der IT Bescheid.',
  'sandbox.too_late':
    'Die Engine konnte nicht abgeschirmt werden und wurde deshalb nicht verwendet. Sagen Sie der IT Bescheid.',

  'store.audit':
    'Das konnte nicht ins Protokoll geschrieben werden und wurde deshalb nicht getan. Sagen Sie der IT Bescheid.',
  'store.bad_meta':
    'Die Datei {name} neben Canteens Datenspeicher ist beschädigt. Spielen Sie eine Sicherung zurück, oder fragen Sie die IT; nichts wurde geändert.',
  'store.bad_row':
    'Eine Zeile in der Tabelle „{table}“ des Datenspeichers ist nicht lesbar. Der Rest ist in Ordnung; fragen Sie die IT.',
  'store.busy':
    'Ein anderes Programm benutzt Canteens Datenspeicher. Schließen Sie es und versuchen Sie es noch einmal.',
  'store.closed': 'Der Datenspeicher ist geschlossen, weil Canteen beendet wird. Starten Sie es neu.',
  'store.damaged':
    'Canteens Datenspeicher auf diesem Computer ist beschädigt und wird deshalb nicht geöffnet. Nichts wurde geändert; spielen Sie eine Sicherung zurück, oder fragen Sie die IT.',
  'store.disk_full':
    'Der Datenträger ist voll, deshalb wurde dies nicht gespeichert. Was vorher gespeichert wurde, ist sicher; schaffen Sie Platz und versuchen Sie es noch einmal.',
  'store.exists': 'Auf diesem Computer gibt es schon einen Datenspeicher; er wird nie ersetzt.',
  'store.io':
    'Der Datenspeicher konnte nicht gelesen oder geschrieben werden. Versuchen Sie es noch einmal; wenn es so bleibt, fragen Sie die IT.',
  'store.migration_changed':
    'Canteens Datenspeicher wurde von einer anderen Ausgabe eingerichtet (Schritt {version} weicht ab). Er wird nicht geöffnet; installieren Sie die veröffentlichte Version.',
  'store.missing':
    'Canteens Datenspeicher fehlt, obwohl sein Schlüssel da ist: Er wurde verschoben oder gelöscht. Legen Sie ihn zurück, oder fragen Sie die IT; ein neuer wird nicht stillschweigend angelegt.',
  'store.newer_version':
    'Canteens Datenspeicher wurde von einer neueren Version geschrieben ({found}; diese kennt bis {known}). Aktualisieren Sie Canteen; nichts wurde geändert.',
  'store.refused':
    'Der Datenspeicher hat das abgelehnt. Versuchen Sie es noch einmal; wenn es so bleibt, fragen Sie die IT.',
  'store.too_long':
    'Das ist länger, als der Datenspeicher aufnimmt. Kürzen Sie es und versuchen Sie es noch einmal.',
  'store.wrong_key':
    'Der Schlüssel gehört nicht zu Canteens Datenspeicher auf diesem Computer: Er gehört zu einem anderen, oder eine Sicherung wurde zurückgespielt. Nichts wurde geändert; fragen Sie die IT.',

  'watch.changed':
    '{path} änderte sich beim Lesen. Warten Sie, bis die Datei vollständig ist, und versuchen Sie es noch einmal.',
  'watch.empty': '{path} ist leer. Warten Sie, bis die Datei vollständig ist, oder nennen Sie eine andere.',
  'watch.no_file': '{path} ist keine Datei. Nennen Sie die Modelldatei selbst.',
  'watch.not_absolute':
    '„{given}“ sagt nicht, wo die Datei liegt. Geben Sie den ganzen Pfad an; er beginnt mit / oder ~/.',
  'watch.not_started':
    'Canteen kann auf diesem Computer nicht nach Modellen sehen: Die Beobachtung wurde nicht gestartet. Sagen Sie der IT Bescheid.',
  'watch.not_there': 'Die Datei {path} gibt es nicht. Prüfen Sie den Pfad und versuchen Sie es noch einmal.',
  'watch.too_large':
    '{path} hat {bytes}: Das ist mehr als jedes Modell, deshalb wird die Datei nicht gelesen. Nennen Sie die Modelldatei selbst.',
  'watch.unreadable':
    '{path} kann nicht gelesen werden. Prüfen Sie, ob Sie die Datei öffnen dürfen, und versuchen Sie es noch einmal.',

  'window.copy_failed':
    'Das konnte nicht kopiert werden. Markieren Sie den Text und kopieren Sie ihn von Hand.',
  'window.timed_out':
    'Canteen hat nicht rechtzeitig geantwortet. Versuchen Sie es noch einmal; wenn es so bleibt, starten Sie Canteen neu.',
  'window.unexpected':
    'Das Fenster und Canteen haben einander nicht verstanden. Schließen Sie das Fenster und öffnen Sie es wieder.',
}
