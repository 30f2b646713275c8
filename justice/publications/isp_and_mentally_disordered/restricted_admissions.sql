-- Admissions of restricted patients, a row each, with how and when the patient left and was recalled (CR-RESTRICTED).

SELECT patient_id, section, sex, admission_date, discharge_type, discharge_date, recalled_to_hospital
FROM ppud__restricted_patient
